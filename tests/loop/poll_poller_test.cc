// The promises of loop/poll_poller.h beyond those of every poller, which
// event_loop_test and descriptors_test hold over all of them.
#include "loop/poll_poller.h"

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <vector>

#include "gtest/gtest.h"
#include "loop/poller.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

constexpr std::chrono::nanoseconds kNow{0};

// I1
TEST(PollPoller, ForgettingOneInTheMiddleKeepsTheOthers) {
  PollPoller poller;
  std::vector<os::Pipe> pipes;
  for (int i = 0; i < 3; ++i) {
    pipes.push_back(os::make_pipe());
    os::write_all(pipes.back().writer.get(), os::bytes_of("x"));
    poller.watch(pipes.back().reader.get(), {.read = true});
  }
  poller.watch(pipes[0].reader.get(), {});
  std::vector<int> ready;
  for (const PollEvent& event : poller.wait(kNow)) {
    ready.push_back(event.fd);
  }
  EXPECT_EQ(ready,
            (std::vector<int>{pipes[2].reader.get(), pipes[1].reader.get()}));
}

TEST(PollPoller, TakesARegularFileAndCallsItAlwaysReady) {
  PollPoller poller;
  const os::UniqueFd file(os::check(
      os::syscalls.open("/proc/self/exe", O_RDONLY | O_CLOEXEC, 0), "open"));
  poller.watch(file.get(), {.read = true});
  EXPECT_EQ(poller.wait(kNow).size(), 1u);
}

TEST(PollPoller, RefusesWhatIsNoDescriptor) {
  PollPoller poller;
  EXPECT_THROW(poller.watch(987, {.read = true}), std::system_error);
}

TEST(PollPoller, ForgetsADescriptorThatWasClosedWithoutAWord) {
  PollPoller poller;
  os::Pipe pipe = os::make_pipe();
  poller.watch(pipe.reader.get(), {.read = true});
  pipe.reader.reset();
  EXPECT_TRUE(poller.wait(kNow).empty());
  // It would end every wait at once if it were still in the list.
  const tests::SwapSyscall poll(&os::Syscalls::poll,
                                [](pollfd*, nfds_t size, int) {
                                  EXPECT_EQ(size, 0u);
                                  return 0;
                                });
  EXPECT_TRUE(poller.wait(kNow).empty());
}

TEST(PollPoller, ASignalDuringTheWaitIsNoEvent) {
  PollPoller poller;
  const tests::SwapSyscall poll(&os::Syscalls::poll, [](pollfd*, nfds_t, int) {
    errno = EINTR;
    return -1;
  });
  EXPECT_TRUE(poller.wait(std::nullopt).empty());
}

TEST(PollPoller, ARefusedCallIsNamed) {
  PollPoller poller;
  const tests::SwapSyscall poll(&os::Syscalls::poll, [](pollfd*, nfds_t, int) {
    errno = ENOMEM;
    return -1;
  });
  try {
    poller.wait(kNow);
    ADD_FAILURE() << "it must be refused";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOMEM);
  }
}

}  // namespace
}  // namespace loop
