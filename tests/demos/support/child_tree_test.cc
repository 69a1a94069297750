#include "demos/support/child_tree.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

// Until the process is gone or a zombie; false if it lives for ten seconds.
bool ends(pid_t pid) {
  auto& clock = scheduler::SteadyClock::instance();
  const auto deadline = clock.now() + std::chrono::seconds(10);
  while (clock.now() < deadline) {
    const auto status = os::read_status(pid);
    if (!status || status->state == 'Z') {
      return true;
    }
    clock.sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

TEST(ChildTree, WaitingTellsHowTheChildEnded) {
  EXPECT_EQ(ChildTree([] {}).wait().exit_code, 0);
  EXPECT_EQ(ChildTree([] { _exit(7); }).wait().exit_code, 7);
  EXPECT_EQ(ChildTree([] { raise(SIGKILL); }).wait().exit_code, -SIGKILL);
}

TEST(ChildTree, AnExceptionIsExitCodeOne) {
  EXPECT_EQ(
      ChildTree([] { throw std::runtime_error("expected"); }).wait().exit_code,
      1);
  EXPECT_EQ(ChildTree([] { throw 1; }).wait().exit_code, 1);
}

TEST(ChildTree, ThePidfdIsReadableWhenTheChildHasEnded) {
  ChildTree child([] {});
  pollfd ended = {.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&ended, 1, 10000), 1);
  child.wait();
}

// I2
TEST(ChildTree, TheEndOfTheObjectEndsChildAndGrandchild) {
  os::Pipe pipe = os::make_pipe();
  auto child = std::make_unique<ChildTree>([&] {
    const pid_t grandchild = fork();
    if (grandchild != 0) {
      os::write_all(pipe.writer.get(),
                    std::as_bytes(std::span(&grandchild, 1)));
    }
    pause();
  });
  pid_t grandchild = 0;
  os::read_all(pipe.reader.get(),
               std::as_writable_bytes(std::span(&grandchild, 1)));
  EXPECT_EQ(os::children_of(child->pid()).size(), 1u);
  child.reset();
  EXPECT_TRUE(ends(grandchild));
}

// I2: also when the leader went first.
TEST(ChildTree, WaitingEndsWhatTheChildLeftBehind) {
  os::Pipe pipe = os::make_pipe();
  ChildTree child([&] {
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      pause();
    }
    os::write_all(pipe.writer.get(), std::as_bytes(std::span(&grandchild, 1)));
  });
  pid_t grandchild = 0;
  os::read_all(pipe.reader.get(),
               std::as_writable_bytes(std::span(&grandchild, 1)));
  child.wait();
  EXPECT_TRUE(ends(grandchild));
}

TEST(ChildTree, ASignalMaskOfTheParentDoesNotProtectTheChild) {
  std::unique_ptr<ChildTree> child;
  {
    const os::ScopedSignalMask mask({SIGTERM});
    child = std::make_unique<ChildTree>([] { pause(); });
  }
  kill(child->pid(), SIGTERM);
  EXPECT_NE(child->wait().exit_code, 0);
}

TEST(ChildTree, AForkThatIsRefusedIsNamed) {
  const tests::SwapSyscall swap(&os::Syscalls::fork, [] {
    errno = EAGAIN;
    return pid_t{-1};
  });
  try {
    ChildTree child([] {});
    ADD_FAILURE() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EAGAIN);
    EXPECT_NE(std::string(error.what()).find("fork"), std::string::npos);
  }
}

// The leak listener sees to it that the child is not left over.
TEST(ChildTree, AChildWithoutPidfdIsEndedAgain) {
  const tests::SwapSyscall swap(&os::Syscalls::pidfd_open, [](pid_t, unsigned) {
    errno = EMFILE;
    return -1;
  });
  EXPECT_THROW(ChildTree([] { pause(); }), std::system_error);
}

}  // namespace
}  // namespace demos::support
