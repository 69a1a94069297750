#include "demos/runners/lane.h"

#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::runners {
namespace {

using scheduler::Reason;
using scheduler::Verb;

std::vector<Verb> verbs_of(const Lane& lane) {
  std::vector<Verb> verbs;
  for (const scheduler::Event& event : lane.events()) {
    verbs.push_back(event.verb);
  }
  return verbs;
}

// I1
TEST(Lane, OneThatDoesNotRecordHasNoEvents) {
  Lane lane(false, 3);
  lane.runs();
  lane.at_check_point();
  lane.waits(Reason::kIo);
  lane.is_woken();
  lane.stood_aside({});
  lane.ends();
  EXPECT_FALSE(lane.records());
  EXPECT_TRUE(lane.events().empty());
}

TEST(Lane, RecordsTheLifeOfAnItem) {
  Lane lane(true, 3);
  lane.runs();
  lane.waits(Reason::kSleep);
  lane.is_woken();
  lane.runs();
  lane.ends();
  EXPECT_EQ(verbs_of(lane),
            (std::vector{Verb::kCreated, Verb::kRunning, Verb::kSuspended,
                         Verb::kWoken, Verb::kRunning, Verb::kFinished}));
  EXPECT_EQ(lane.events()[2].reason, Reason::kSleep);
  EXPECT_EQ(lane.events()[2].decider, scheduler::Decider::kTask);
}

// Sleeping stands for being off the CPU without having asked for it.
TEST(Lane, TimeWithoutCpuBetweenCheckPointsIsAForcedSwitch) {
  auto& clock = scheduler::SteadyClock::instance();
  Lane lane(true, 0);
  const auto before = clock.now();
  lane.runs();
  clock.sleep_for(scheduler::seconds(0.005));
  lane.at_check_point();
  ASSERT_EQ(verbs_of(lane),
            (std::vector{Verb::kCreated, Verb::kRunning, Verb::kSuspended,
                         Verb::kWoken, Verb::kRunning}));
  const scheduler::Event& off = lane.events()[2];
  EXPECT_EQ(off.reason, Reason::kQuantum);
  EXPECT_EQ(off.decider, scheduler::Decider::kSystem);
  EXPECT_GE(off.time, before);
  EXPECT_GE(lane.events()[3].time - off.time, scheduler::seconds(0.004));
}

TEST(Lane, StandingAsideForTheLockIsToldAfterwards) {
  Lane lane(true, 0);
  lane.runs();
  const auto since = scheduler::SteadyClock::instance().now();
  lane.stood_aside(since);
  EXPECT_EQ(lane.events()[2].time, since);
  EXPECT_EQ(lane.events()[2].reason, Reason::kGil);
  EXPECT_EQ(lane.events()[2].decider, scheduler::Decider::kSystem);
}

}  // namespace
}  // namespace demos::runners
