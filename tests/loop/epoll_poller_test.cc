// The promises of loop/epoll_poller.h.
#include "loop/epoll_poller.h"

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>

#include "gtest/gtest.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// I1
TEST(EpollPoller, TimeOutsAreRoundedUpToWholeMilliseconds) {
  EXPECT_EQ(to_poll_timeout(std::nullopt), -1);
  EXPECT_EQ(to_poll_timeout(nanoseconds(0)), 0);
  EXPECT_EQ(to_poll_timeout(nanoseconds(1)), 1);
  EXPECT_EQ(to_poll_timeout(milliseconds(5)), 5);
  EXPECT_EQ(to_poll_timeout(milliseconds(5) + nanoseconds(1)), 6);
  EXPECT_EQ(to_poll_timeout(nanoseconds(-5)), 0);
  EXPECT_GT(to_poll_timeout(std::chrono::hours(24 * 365)), 0);
}

TEST(EpollPoller, ReportsADescriptorForAsLongAsItIsReady) {
  EpollPoller poller;
  const os::Pipe pipe = os::make_pipe();
  poller.watch(pipe.reader.get(), {.read = true});
  EXPECT_TRUE(poller.wait(nanoseconds(0)).empty());
  os::write_all(pipe.writer.get(), os::bytes_of("x"));
  for (int i = 0; i < 2; ++i) {
    const auto events = poller.wait(std::nullopt);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].fd, pipe.reader.get());
    EXPECT_TRUE(events[0].ready.read);
    EXPECT_FALSE(events[0].ready.write);
  }
  poller.watch(pipe.reader.get(), {});
  EXPECT_TRUE(poller.wait(nanoseconds(0)).empty());
}

TEST(EpollPoller, ASignalDuringTheWaitIsNoEvent) {
  EpollPoller poller;
  const tests::SwapSyscall wait(&os::Syscalls::epoll_wait,
                                [](int, epoll_event*, int, int) {
                                  errno = EINTR;
                                  return -1;
                                });
  EXPECT_TRUE(poller.wait(std::nullopt).empty());
}

TEST(EpollPoller, ARefusedCallIsNamed) {
  {
    const tests::SwapSyscall create(&os::Syscalls::epoll_create1, [](int) {
      errno = EMFILE;
      return -1;
    });
    try {
      EpollPoller poller;
      ADD_FAILURE() << "it must be refused";
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code().value(), EMFILE);
      EXPECT_NE(std::string(error.what()).find("epoll_create1"),
                std::string::npos);
    }
  }
  const tests::SwapSyscall wait(&os::Syscalls::epoll_wait,
                                [](int, epoll_event*, int, int) {
                                  errno = EBADF;
                                  return -1;
                                });
  EpollPoller poller;
  EXPECT_THROW(poller.wait(std::nullopt), std::system_error);
}

// The eventfd of the loop's wake-up is refused: nothing is leaked.
TEST(EpollPoller, ALoopThatCannotBeMadeLeavesNothingBehind) {
  const tests::SwapSyscall eventfd(&os::Syscalls::eventfd, [](unsigned, int) {
    errno = EMFILE;
    return -1;
  });
  EXPECT_THROW(EventLoop(), std::system_error);
}

}  // namespace
}  // namespace loop
