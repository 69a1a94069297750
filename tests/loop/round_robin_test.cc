// The promises of loop/round_robin.h.
#include "loop/round_robin.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/generator.h"
#include "scheduler/clock.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace loop {
namespace {

using Log = std::vector<std::string>;

RoundRobin::Task say(Log& log, std::string name, int times) {
  for (int i = 1; i <= times; ++i) {
    log.push_back(name + std::to_string(i));
    co_yield none;
  }
}

// C-070
// I1
TEST(RoundRobin, TasksTakeTurnsInTheOrderTheyCame) {
  Log log;
  RoundRobin scheduler;
  scheduler.spawn("a", say(log, "a", 3));
  scheduler.spawn("b", say(log, "b", 1));
  scheduler.spawn("c", say(log, "c", 2));
  EXPECT_EQ(log, Log{});  // [I2]
  scheduler.run();
  EXPECT_EQ(log, (Log{"a1", "b1", "c1", "a2", "c2", "a3"}));
}

TEST(RoundRobin, ATaskSpawnedByATaskQueuesBehindTheOthers) {
  Log log;
  RoundRobin scheduler;
  scheduler.spawn("parent",
                  [](Log& lines, RoundRobin& all) -> RoundRobin::Task {
                    lines.push_back("parent");
                    all.spawn("child", say(lines, "child", 1));
                    co_yield none;
                    lines.push_back("parent again");
                  }(log, scheduler));
  scheduler.spawn("other", say(log, "other", 1));
  scheduler.run();
  EXPECT_EQ(log, (Log{"parent", "other1", "child1", "parent again"}));
}

// C-072: control goes to another body for a while.
TEST(RoundRobin, ATaskMayDelegateItsTurns) {
  Log log;
  RoundRobin scheduler;
  scheduler.spawn("outer", [](Log& lines) -> RoundRobin::Task {
    co_await say(lines, "inner", 2);
    lines.push_back("outer");
  }(log));
  scheduler.spawn("b", say(log, "b", 2));
  scheduler.run();
  EXPECT_EQ(log, (Log{"inner1", "b1", "inner2", "b2", "outer"}));
}

TEST(RoundRobin, AnErrorEndsOneTaskAndLeavesTheOthersReady) {
  Log log;
  RoundRobin scheduler;
  scheduler.spawn("broken", []() -> RoundRobin::Task {
    co_yield none;
    throw std::runtime_error("broken");
  }());
  scheduler.spawn("b", say(log, "b", 2));
  EXPECT_THROW(scheduler.run(), std::runtime_error);
  EXPECT_EQ(log, Log{"b1"});
  scheduler.run();
  EXPECT_EQ(log, (Log{"b1", "b2"}));
}

TEST(RoundRobin, IsDrawnByTheOneChart) {
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  RoundRobin tasks(&timeline);
  const auto work = [](scheduler::ManualClock& time,
                       int turns) -> RoundRobin::Task {
    for (int i = 0; i < turns; ++i) {
      time.advance(scheduler::seconds(1));
      co_yield none;
    }
  };
  tasks.spawn("a", work(clock, 2));
  tasks.spawn("b", work(clock, 2));
  tasks.run();
  EXPECT_EQ(draw_gantt(timeline.lanes(), timeline.slices(), 16),
            "   0            4 s\n"
            "a |###|----###|----|\n"
            "b |----###|----###||\n");
}

}  // namespace
}  // namespace loop
