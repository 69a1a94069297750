// The promises of gil_sim/allow_threads.h and gil_sim/no_gil.h.
#include "gil_sim/allow_threads.h"

#include <cerrno>
#include <latch>
#include <stdexcept>

#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// I1
TEST(WithGil, HoldsTheLockUntilItsScopeIsLeftByAnyPath) {
  Gil gil;
  try {
    const WithGil held(gil);
    EXPECT_EQ(InterpreterLock::held(), &gil);
    throw std::runtime_error("leave");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(InterpreterLock::held(), nullptr);
  EXPECT_EQ(gil.statistics().drops, 1);
}

// I1
TEST(AllowThreads, GivesTheLockBackAtTheEndOfItsScope) {
  Gil gil;
  const WithGil held(gil);
  {
    const AllowThreads allow;
    EXPECT_EQ(InterpreterLock::held(), nullptr);
  }
  EXPECT_EQ(InterpreterLock::held(), &gil);
}

TEST(AllowThreads, LeavesAThreadWithoutALockAlone) {
  const AllowThreads allow;
  EXPECT_EQ(InterpreterLock::held(), nullptr);
}

TEST(AllowThreads, KeepsErrno) {
  Gil gil;
  const WithGil held(gil);
  {
    const AllowThreads allow;
    errno = EPIPE;
  }
  EXPECT_EQ(errno, EPIPE);
}

TEST(AllowThreads, IsWhatJoinDoes) {
  Gil gil;
  const WithGil held(gil);
  Thread other([&] { const WithGil inner(gil); });
  other.start();
  other.join();  // would never end if it kept the lock
  EXPECT_EQ(InterpreterLock::held(), &gil);
}

TEST(NoGil, LetsTwoThreadsInAtOnce) {
  NoGil none;
  const WithGil held(none);
  std::latch both(2);
  Thread other([&] {
    const WithGil inner(none);
    both.arrive_and_wait();
  });
  other.start();
  both.arrive_and_wait();
  none.check_eval_breaker();
  other.join();
}

}  // namespace
}  // namespace gil_sim
