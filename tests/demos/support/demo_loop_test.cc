#include "demos/support/demo_loop.h"

#include <array>
#include <optional>
#include <sstream>
#include <string>

#include "demos/support/flags.h"
#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

namespace demos::support {
namespace {

using scheduler::seconds;

// One hour of waiting, of blocking and of computing: it ends, so it is I1.
TEST(DemoLoop, InVirtualTimeNothingWaitsAndEveryTimeIsExact) {
  DemoLoop world(Time::kVirtual);
  constexpr auto body = [](DemoLoop* here) -> loop::Coroutine<> {
    co_await loop::sleep(seconds(3600));
    here->block(seconds(3600));
    here->compute(seconds(3600));
  };
  loop::run(body(&world), world.loop());
  EXPECT_EQ(world.now(), seconds(3 * 3600));
}

TEST(DemoLoop, InRealTimeAllThreeTakeAsLongAsTheySay) {
  DemoLoop world(Time::kReal);
  constexpr auto body = [](DemoLoop* here) -> loop::Coroutine<> {
    co_await loop::sleep(seconds(0.01));
    here->block(seconds(0.01));
    here->compute(seconds(0.01));
  };
  loop::run(body(&world), world.loop());
  EXPECT_GE(world.now(), seconds(0.03));
}

TEST(DemoLoop, ItsFlagTakesTwoWordsAndNoOther) {
  Time time = Time::kReal;
  Flags flags("demo", "a test");
  add_clock_flag(flags, &time);
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(flags.parse(std::array{"--clock=virtual"}, out, error),
            std::nullopt);
  EXPECT_EQ(time, Time::kVirtual);
  EXPECT_EQ(flags.parse(std::array{"--clock=sand"}, out, error), 2);
  EXPECT_EQ(error.str(), "demo: --clock=sand: accepted: real, virtual\n");
}

TEST(DemoLoop, ItsFlagMayLeaveTheChoiceOpen) {
  std::optional<Time> time;
  Flags flags("demo", "a test");
  add_clock_flag(flags, &time, "as it comes");
  EXPECT_NE(flags.help().find("as it comes unless given"), std::string::npos);
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(flags.parse({}, out, error), std::nullopt);
  EXPECT_EQ(time, std::nullopt);
  EXPECT_EQ(flags.parse(std::array{"--clock=real"}, out, error), std::nullopt);
  EXPECT_EQ(time, Time::kReal);
}

TEST(DemoLoop, RealWorkRefusesTheVirtualClockWithItsReason) {
  Flags flags("demo", "a test");
  add_real_clock_flag(flags, "it is real");
  std::ostringstream out;
  std::ostringstream error;
  EXPECT_EQ(flags.parse(std::array{"--clock=real"}, out, error), std::nullopt);
  EXPECT_EQ(flags.parse(std::array{"--clock=virtual"}, out, error), 2);
  EXPECT_EQ(error.str(), "demo: --clock=virtual: accepted: real; it is real\n");
}

TEST(DemoLoop, SecondsHaveTwoDigitsBehindThePoint) {
  EXPECT_EQ(seconds_text(seconds(1)), "1.00 s");
  EXPECT_EQ(seconds_text(seconds(0.006)), "0.01 s");
}

}  // namespace
}  // namespace demos::support
