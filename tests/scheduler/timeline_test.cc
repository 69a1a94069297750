// The promises of scheduler/timeline.h, and of the verbs in scheduler/trace.h.
#include "scheduler/timeline.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

using namespace std::chrono_literals;

// "0:#0-2 0:.2-5": lane, state, start and end in seconds of virtual time.
std::string text_of(const std::vector<Slice>& slices) {
  std::string text;
  for (const Slice& slice : slices) {
    const auto second = [](TimePoint time) {
      return std::to_string(time.time_since_epoch() / 1s);
    };
    text += (text.empty() ? "" : " ") + std::to_string(slice.lane) + ":" +
            "#-.Lg"[static_cast<int>(slice.state)] + second(slice.start) + "-" +
            second(slice.end);
  }
  return text;
}

TEST(Timeline, ATaskThatSleepsOnceBecomesBars) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(7, "sleeper");
  clock.advance(1s);
  timeline.running(7);
  clock.advance(2s);
  timeline.suspended(7, Reason::kSleep, Decider::kTask);
  clock.advance(3s);
  timeline.woken(7);
  clock.advance(1s);
  timeline.running(7);
  clock.advance(1s);
  timeline.finished(7);
  EXPECT_EQ(timeline.lanes(), std::vector<std::string>{"sleeper"});
  EXPECT_EQ(text_of(timeline.slices()), "0:-0-1 0:#1-3 0:.3-6 0:-6-7 0:#7-8");
}

TEST(Timeline, TheReasonDecidesWhatTheLaneWaitsFor) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "t");
  for (const Reason reason :
       {Reason::kYield, Reason::kQuantum, Reason::kPreempted, Reason::kIo,
        Reason::kTask, Reason::kLock, Reason::kGil}) {
    timeline.suspended(1, reason, Decider::kTask);
    clock.advance(1s);
  }
  timeline.finished(1);
  std::string letters;
  for (const Slice& slice : timeline.slices()) {
    if (slice.end > slice.start) {
      letters += "#-.Lg"[static_cast<int>(slice.state)];
    }
  }
  EXPECT_EQ(letters, "---..Lg");
}

TEST(Timeline, ABarRemembersWhoEndedIt) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "t");
  timeline.running(1);
  clock.advance(1s);
  timeline.suspended(1, Reason::kQuantum, Decider::kSystem);
  timeline.running(1);
  clock.advance(1s);
  timeline.finished(1);
  const std::vector<Slice> slices = timeline.slices();
  std::vector<std::pair<bool, Decider>> ends;
  for (const Slice& slice : slices) {
    if (slice.state == LaneState::kRunning) {
      ends.emplace_back(slice.switched, slice.decider);
    }
  }
  EXPECT_EQ(ends, (std::vector<std::pair<bool, Decider>>{
                      {true, Decider::kSystem}, {false, Decider::kTask}}));
}

// I1, I2
TEST(Timeline, MergingKeepsTheOrderOfTimeAndTheLanesApart) {
  ManualClock clock;
  Timeline first(clock);
  Timeline second(clock);
  first.created(1, "a");
  clock.advance(1s);
  second.created(1, "b");  // the same id in another recorder
  clock.advance(1s);
  first.finished(1);
  clock.advance(1s);
  second.finished(1);
  first.merge(second.lanes(), second.events());
  EXPECT_EQ(first.lanes(), (std::vector<std::string>{"a", "b"}));
  std::string order;
  for (const Event& event : first.events()) {
    order += first.lanes()[event.lane];
  }
  EXPECT_EQ(order, "abab");
}

TEST(Timeline, ALaneThatNeverEndsReachesTheLastEvent) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "stuck");
  timeline.running(1);
  timeline.created(2, "other");
  clock.advance(4s);
  timeline.finished(2);
  EXPECT_EQ(text_of(timeline.slices()), "0:-0-0 0:#0-4 1:-0-4");
}

TEST(Timeline, OnTheMachineEachEventNamesItsCpu) {
  Timeline timeline(SteadyClock::instance(), Timeline::Cpu::kReal);
  timeline.created(1, "here");
  EXPECT_GE(timeline.events().front().cpu, 0);
}

// [C-003] [C-004]
TEST(Overlap, TakingTurnsIsConcurrentAndNotParallel) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "a");
  timeline.created(2, "b");
  for (int turn = 0; turn < 4; ++turn) {
    const TaskId task = turn % 2 == 0 ? 1 : 2;
    timeline.running(task);
    clock.advance(1s);
    timeline.suspended(task, Reason::kQuantum, Decider::kSystem);
  }
  timeline.finished(1);
  timeline.finished(2);
  const Overlap overlap = overlap_of(timeline.slices());
  EXPECT_DOUBLE_EQ(overlap.lifetimes, 1);
  EXPECT_DOUBLE_EQ(overlap.running, 0);
}

// [C-001]
TEST(Overlap, RunningAtTheSameInstantIsParallel) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "a");
  timeline.created(2, "b");
  timeline.running(1);
  clock.advance(1s);
  timeline.running(2);
  clock.advance(2s);
  timeline.finished(1);
  clock.advance(1s);
  timeline.finished(2);
  EXPECT_DOUBLE_EQ(overlap_of(timeline.slices()).running, 0.5);
}

TEST(Overlap, OneTaskOverlapsWithNobody) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "alone");
  timeline.running(1);
  clock.advance(1s);
  timeline.finished(1);
  EXPECT_DOUBLE_EQ(overlap_of(timeline.slices()).lifetimes, 0);
  EXPECT_DOUBLE_EQ(overlap_of({}).lifetimes, 0);
}

}  // namespace
}  // namespace scheduler
