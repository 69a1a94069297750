// What the lock does to real time. On a busy machine these would measure the
// neighbours, so they are skipped there and say why.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <latch>
#include <memory>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::Duration;
using scheduler::in_seconds;
using scheduler::seconds;
using scheduler::SteadyClock;
using scheduler::TimePoint;

TimePoint now() {
  return SteadyClock::instance().now();
}

// Counts to `laps` with a check point each, as an interpreter would.
void compute(InterpreterLock& lock, int64_t laps) {
  for (int64_t i = 0; i < laps; ++i) {
    lock.check_eval_breaker();
    asm volatile("" ::: "memory");  // keeps the loop
  }
}

Duration time_of(InterpreterLock& lock, int threads, int64_t laps) {
  std::latch ready(threads);
  std::vector<std::unique_ptr<Thread>> all;
  const TimePoint begin = now();
  for (int i = 0; i < threads; ++i) {
    all.push_back(std::make_unique<Thread>([&] {
      ready.arrive_and_wait();
      const WithGil held(lock);
      compute(lock, laps);
    }));
    all.back()->start();
  }
  all.clear();
  return now() - begin;
}

constexpr int64_t kLaps = 5'000'000;

// Two threads without a lock must be about as quick as one: otherwise the
// second CPU is not ours. Asked before and after each measurement.
bool is_busy() {
  NoGil none;
  const double one = in_seconds(time_of(none, 1, kLaps));
  const double two = in_seconds(time_of(none, 2, kLaps));
  return two > 1.3 * one;
}

#define SKIP_IF_BUSY()                                                      \
  if (is_busy()) {                                                          \
    GTEST_SKIP() << "the machine is busy: two threads without a lock take " \
                    "more than 1.3 times as long as one";                   \
  }

// GIL-12
TEST(GilMeasures, BusyThreadsGetAboutEqualShares) {
  SKIP_IF_BUSY();
  constexpr int kThreads = 4;
  Gil gil;
  std::vector<int64_t> laps(kThreads, 0);  // each its thread's, under the lock
  {
    std::vector<std::unique_ptr<Thread>> all;
    const TimePoint end = now() + seconds(1);
    for (auto& mine : laps) {
      all.push_back(std::make_unique<Thread>([&] {
        const WithGil held(gil);
        while (now() < end) {
          ++mine;
          gil.check_eval_breaker();
        }
      }));
      all.back()->start();
    }
  }
  SKIP_IF_BUSY();
  int64_t sum = 0;
  for (const int64_t mine : laps) {
    sum += mine;
  }
  for (const int64_t mine : laps) {
    const double share = static_cast<double>(mine) / static_cast<double>(sum);
    EXPECT_GE(share, 0.5 / kThreads);
    EXPECT_LE(share, 1.5 / kThreads);
  }
}

// GIL-13
TEST(GilMeasures, ThreadsUnderTheLockTakeAsLongAsOneAfterAnother) {
  SKIP_IF_BUSY();
  Gil gil;
  const double serial = in_seconds(time_of(gil, 1, 16 * kLaps));
  const double together = in_seconds(time_of(gil, 4, 4 * kLaps));
  SKIP_IF_BUSY();
  EXPECT_GE(together / serial, 0.9);
  EXPECT_LE(together / serial, 1.3);
}

// GIL-16. CPython 3.11: 5.14 ms at 5 ms, 20.2 ms at 20 ms.
TEST(GilMeasures, AReturningCallWaitsAboutAnIntervalBesideABusyThread) {
  for (const double interval : {0.005, 0.02}) {
    SKIP_IF_BUSY();
    Gil gil;
    gil.set_switch_interval(interval);
    std::atomic<bool> stop{false};
    Thread hog([&] {
      const WithGil held(gil);
      while (!stop) {
        gil.check_eval_breaker();
      }
    });
    hog.start();
    std::vector<double> latencies;
    {
      const WithGil held(gil);
      for (int i = 0; i < 21; ++i) {
        TimePoint returned;
        {
          const AllowThreads allow;
          SteadyClock::instance().sleep_for(seconds(0.001));
          returned = now();
        }
        latencies.push_back(in_seconds(now() - returned));
      }
    }
    stop = true;
    SKIP_IF_BUSY();
    std::nth_element(latencies.begin(), latencies.begin() + 10,
                     latencies.end());
    EXPECT_GE(latencies[10], interval);
    EXPECT_LE(latencies[10], 1.5 * interval);
  }
}

}  // namespace
}  // namespace gil_sim
