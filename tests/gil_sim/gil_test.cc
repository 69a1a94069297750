// The promises of gil_sim/gil.h and of the scopes that hold and release it.
#include "gil_sim/gil.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;
using scheduler::TimePoint;

// GIL-01
TEST(Gil, TheDefaultSwitchIntervalIsFiveMilliseconds) {
  Gil gil;
  EXPECT_EQ(gil.switch_interval(), 0.005);
  gil.set_switch_interval(0.02);
  EXPECT_EQ(gil.switch_interval(), 0.02);
}

// GIL-02
TEST(Gil, AnIntervalOfZeroOrLessIsAValueError) {
  Gil gil;
  EXPECT_THROW(gil.set_switch_interval(0), std::invalid_argument);
  EXPECT_THROW(gil.set_switch_interval(-1), std::invalid_argument);
  EXPECT_EQ(gil.switch_interval(), 0.005);
}

// GIL-02
TEST(Gil, AnIntervalBelowAMicrosecondReadsBackAsZero) {
  Gil gil;
  gil.set_switch_interval(1e-7);
  EXPECT_EQ(gil.switch_interval(), 0.0);
}

// GIL-03
TEST(Gil, TakingItWhenItIsFreeWaitsForNobody) {
  Gil gil;
  { const WithGil held(gil); }
  Thread other([&] { const WithGil held(gil); });
  other.start();
  other.join();
  EXPECT_EQ(gil.statistics().takes, 2);
  EXPECT_EQ(gil.statistics().waits, 0);
}

// GIL-04
TEST(Gil, OnlyATakeByAnotherThreadCountsAsASwitch) {
  Gil gil;
  { const WithGil held(gil); }
  { const WithGil held(gil); }
  EXPECT_EQ(gil.statistics().switches, 1);  // the very first take
  Thread other([&] { const WithGil held(gil); });
  other.start();
  other.join();
  EXPECT_EQ(gil.statistics().switches, 2);
}

// Runs `laps` check points in each of `count` threads, and gives the order in
// which they held the lock: one number per slice.
std::vector<int> slices_of(Gil& gil, int count, scheduler::Duration each) {
  std::vector<int> slices;  // guarded by the lock under test
  std::latch ready(count);
  std::vector<std::unique_ptr<Thread>> threads;
  for (int me = 0; me < count; ++me) {
    threads.push_back(std::make_unique<Thread>([&, me] {
      ready.arrive_and_wait();
      const auto note = [&] {
        if (slices.empty() || slices.back() != me) {
          slices.push_back(me);
        }
      };
      const WithGil held(gil);
      const TimePoint end = SteadyClock::instance().now() + each;
      note();
      while (SteadyClock::instance().now() < end) {
        gil.check_eval_breaker();
        note();
      }
    }));
    threads.back()->start();
  }
  threads.clear();
  return slices;
}

// GIL-09 and I3
TEST(Gil, TwoBusyThreadsAlternate) {
  Gil gil;
  gil.set_switch_interval(0.001);
  const std::vector<int> slices = slices_of(gil, 2, seconds(0.05));
  for (size_t i = 1; i < slices.size(); ++i) {
    EXPECT_NE(slices[i], slices[i - 1]);
  }
  const Gil::Statistics counts = gil.statistics();
  EXPECT_GE(counts.requests, 2);
  EXPECT_EQ(counts.switches, static_cast<int64_t>(slices.size()));
}

// GIL-14
TEST(Gil, ABlockingCallLetsOthersRun) {
  Gil gil;
  const WithGil held(gil);
  Thread other([&] { const WithGil inner(gil); });
  other.start();
  other.join();  // would never end if join() kept the lock
  EXPECT_EQ(InterpreterLock::held(), &gil);
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

TEST(AllowThreads, LeavesAThreadWithoutALockAlone) {
  const AllowThreads allow;
  EXPECT_EQ(InterpreterLock::held(), nullptr);
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
