// What the lock does to real time.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gil_sim/gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "tests/gil_sim/measured_threads.h"
#include "tests/support/quiet_machine.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;
using scheduler::TimePoint;

class GilMeasures : public tests::QuietMachine {};

// GIL-12
TEST_F(GilMeasures, BusyThreadsGetAboutEqualShares) {
  expect_soon([]() -> std::string {
    constexpr int kThreads = 4;
    auto& clock = SteadyClock::instance();
    Gil gil;
    std::vector<int64_t> laps(kThreads, 0);  // each its thread's, under the GIL
    {
      std::vector<std::unique_ptr<Thread>> all;
      const TimePoint end = clock.now() + seconds(1);
      for (auto& mine : laps) {
        all.push_back(std::make_unique<Thread>([&] {
          const WithGil held(gil);
          while (clock.now() < end) {
            ++mine;
            gil.check_eval_breaker();
          }
        }));
        all.back()->start();
      }
    }
    int64_t sum = 0;
    for (const int64_t mine : laps) {
      sum += mine;
    }
    for (const int64_t mine : laps) {
      const double share = static_cast<double>(mine) / static_cast<double>(sum);
      if (share < 0.5 / kThreads || share > 1.5 / kThreads) {
        return "one of four has a share of " + std::to_string(share);
      }
    }
    return "";
  });
}

// GIL-13
TEST_F(GilMeasures, ThreadsUnderTheLockTakeAsLongAsOneAfterAnother) {
  expect_soon([]() -> std::string {
    Gil gil;
    // Counts with a check point each time, as an interpreter would.
    const auto count_to = [&](int64_t laps) {
      return [&gil, laps] {
        for (int64_t i = 0; i < laps; ++i) {
          gil.check_eval_breaker();
          asm volatile("" ::: "memory");  // keeps the loop
        }
      };
    };
    constexpr int64_t kLaps = 20'000'000;
    const double serial = tests::seconds_under(gil, 1, count_to(4 * kLaps));
    const double together = tests::seconds_under(gil, 4, count_to(kLaps));
    const double ratio = together / serial;
    return ratio >= 0.9 && ratio <= 1.3
               ? ""
               : "together over serial is " + std::to_string(ratio);
  });
}

// GIL-16. CPython 3.11: 5.14 ms at 5 ms, 20.2 ms at 20 ms.
TEST_F(GilMeasures, AReturningCallWaitsAboutAnIntervalBesideABusyThread) {
  for (const double interval : {0.005, 0.02}) {
    expect_soon([&]() -> std::string {
      Gil gil;
      gil.set_switch_interval(interval);
      const double wait =
          tests::median_wait(gil, 21, [&] { gil.check_eval_breaker(); });
      return wait >= interval && wait <= 1.5 * interval
                 ? ""
                 : "at " + std::to_string(interval) + " s it waits " +
                       std::to_string(wait) + " s";
    });
  }
}

}  // namespace
}  // namespace gil_sim
