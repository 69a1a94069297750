// The promises of demos/inside_told.h: the verdict has two ways to come out.
#include "demos/inside_told.h"

#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using scheduler::seconds;
using support::Time;

Coroutine<> sleeper() {
  co_await loop::sleep(seconds(0.1));
}

// What the loop would be if it looked whether the time has come.
Coroutine<> looks_again_and_again() {
  const scheduler::Clock& clock = scheduler::SteadyClock::instance();
  const scheduler::TimePoint end = clock.now() + seconds(0.1);
  while (clock.now() < end) {
    co_await loop::sleep(seconds(0));
  }
}

// C-117
TEST(InsideTold, ALoopThatWaitsIsTold) {
  const Cost real = cost_of(sleeper(), Time::kReal);
  EXPECT_GE(real.passed, seconds(0.1));
  EXPECT_TRUE(told_or_measures(cost_of(sleeper(), Time::kVirtual), real)
                  .starts_with("wrong: waiting for real makes 0 turns more "));
}

TEST(InsideTold, ALoopThatLooksAgainAndAgainIsFoundOut) {
  const Cost real = cost_of(looks_again_and_again(), Time::kReal);
  const Cost events = cost_of(sleeper(), Time::kVirtual);
  EXPECT_GT(real.turns, events.turns);
  EXPECT_TRUE(told_or_measures(events, real).starts_with("true: "));
}

TEST(InsideTold, AnIdleLoopThatKeepsTheCpuIsFoundOut) {
  EXPECT_EQ(told_or_measures({.turns = 9}, {9, /*passed=*/seconds(0.3),
                                            /*cpu=*/seconds(0.2)}),
            "true: waiting for real makes 0 turns more than by the virtual "
            "clock and uses 67 % of the CPU: it does not only wait");
}

}  // namespace
}  // namespace demos
