// The promises of gil_sim/timer.h.
#include "gil_sim/timer.h"

#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// THR-11 and I1
TEST(Timer, RunsItsFunctionOnceAndNoSoonerThanTheDelay) {
  int calls = 0;
  Timer timer(seconds(0.005), [&] { ++calls; });
  const auto begin = SteadyClock::instance().now();
  timer.start();
  timer.join();
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  EXPECT_EQ(calls, 1);
}

// THR-11 and I1
TEST(Timer, DoesNothingIfItIsCancelledBefore) {
  int calls = 0;
  {
    Timer timer(seconds(3600), [&] { ++calls; });
    timer.start();
    timer.cancel();
  }
  EXPECT_EQ(calls, 0);
}

TEST(Timer, MayBeCancelledBeforeItStarts) {
  int calls = 0;
  Timer timer(seconds(3600), [&] { ++calls; });
  timer.cancel();
  timer.start();
  timer.join();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace gil_sim
