// The promises of os/futex.h.
#include "os/futex.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "gtest/gtest.h"
#include "os/mapping.h"
#include "os/syscall.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using tests::SwapSyscall;

// I1
TEST(Futex, DoesNotSleepIfTheWordHasChangedAlready) {
  FutexWord word = 2;
  EXPECT_TRUE(futex_wait(word, 1));
}

TEST(Futex, SaysThatTheDeadlineHasPassedAndNeverBeforeIt) {
  FutexWord word = 1;
  const auto deadline = steady_clock::now() + milliseconds(10);
  EXPECT_FALSE(futex_wait(word, 1, deadline));
  EXPECT_GE(steady_clock::now(), deadline);
}

TEST(Futex, ADeadlineBeforeTheMachineStartedHasPassed) {
  FutexWord word = 1;
  EXPECT_FALSE(futex_wait(word, 1, steady_clock::time_point::min()));
}

TEST(Futex, WakingCountsTheSleepers) {
  FutexWord word = 1;
  EXPECT_EQ(futex_wake(word), 0);
  std::thread sleeper([&] { futex_wait(word, 1); });
  while (futex_wake(word) == 0) {
    sched_yield();
  }
  sleeper.join();
}

TEST(Futex, ReachesASleeperInAnotherProcess) {
  const Mapping page =
      Mapping::anonymous(sizeof(FutexWord), Mapping::Sharing::kShared);
  FutexWord& word = *new (page.data()) FutexWord(0);
  const pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    futex_wait(word, 0);
    _exit(7);
  }
  while (futex_wake(word, 1) == 0) {
    sched_yield();
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Futex, AnInterruptedWaitGoesOnUntilItsDeadline) {
  static int interruptions;
  interruptions = 0;
  const SwapSyscall swap(
      &Syscalls::futex,
      [](uint32_t*, int, uint32_t, const timespec*, uint32_t) -> long {
        errno = ++interruptions < 3 ? EINTR : ETIMEDOUT;
        return -1;
      });
  FutexWord word = 1;
  EXPECT_FALSE(futex_wait(word, 1, steady_clock::now()));
  EXPECT_EQ(interruptions, 3);
}

TEST(Futex, ARefusalNamesTheCall) {
  const SwapSyscall swap(
      &Syscalls::futex,
      [](uint32_t*, int, uint32_t, const timespec*, uint32_t) -> long {
        errno = EFAULT;
        return -1;
      });
  FutexWord word = 1;
  try {
    futex_wait(word, 1);
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EFAULT);
    EXPECT_EQ(std::string(error.what()), "futex(WAIT): Bad address");
  }
}

TEST(Futex, WakingOnMemoryThatIsGoneFindsNobody) {
  std::optional<Mapping> page =
      Mapping::anonymous(sizeof(FutexWord), Mapping::Sharing::kPrivate);
  FutexWord& word = *new (page->data()) FutexWord(0);
  page.reset();
  EXPECT_EQ(futex_wake(word), 0);
}

TEST(Futex, ARefusalToWakeNamesTheCall) {
  const SwapSyscall swap(
      &Syscalls::futex,
      [](uint32_t*, int, uint32_t, const timespec*, uint32_t) -> long {
        errno = ENOSYS;
        return -1;
      });
  FutexWord word = 1;
  try {
    futex_wake(word);
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "futex(WAKE): Function not implemented");
  }
}

}  // namespace
}  // namespace os
