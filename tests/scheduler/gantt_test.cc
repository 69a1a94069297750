// The promises of scheduler/gantt.h: byte-equal pictures of virtual time.
#include "scheduler/gantt.h"

#include <string>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

using namespace std::chrono_literals;

std::string draw(const Timeline& timeline, int width) {
  return draw_gantt(timeline.lanes(), timeline.slices(), width);
}

// [C-069]
TEST(Gantt, TheWaitOfOneTaskIsFilledByAnother) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "A");
  timeline.created(2, "long name");
  timeline.running(1);
  clock.advance(4s);
  timeline.suspended(1, Reason::kIo, Decider::kTask);
  timeline.running(2);
  clock.advance(8s);
  timeline.finished(2);
  timeline.woken(1);
  clock.advance(2s);
  timeline.running(1);
  clock.advance(6s);
  timeline.finished(1);
  EXPECT_EQ(draw(timeline, 20),
            "           0               20 s\n"
            "A         |###|........--######|\n"
            "long name |----########x       |\n");
}

TEST(Gantt, AForcedSwitchLooksOtherThanAnOwnOne) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "forced");
  timeline.created(2, "own");
  timeline.running(1);
  clock.advance(5s);
  timeline.suspended(1, Reason::kQuantum, Decider::kSystem);
  timeline.running(2);
  clock.advance(5s);
  timeline.suspended(2, Reason::kYield, Decider::kTask);
  timeline.finished(2);
  timeline.finished(1);
  EXPECT_EQ(draw(timeline, 10),
            "        0     10 s\n"
            "forced |####!-----|\n"
            "own    |-----####||\n");
}

TEST(Gantt, AColumnShowsWhatFilledMostOfIt) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "t");
  for (int i = 0; i < 100; ++i) {
    timeline.running(1);
    clock.advance(3ms);
    timeline.suspended(1, Reason::kLock, Decider::kTask);
    clock.advance(7ms);
  }
  timeline.finished(1);
  EXPECT_EQ(draw(timeline, 10),
            "   0      1 s\n"
            "t |LLLLLLLLLL|\n");
}

TEST(Gantt, WaitingForTheGilHasItsOwnLetter) {
  ManualClock clock;
  Timeline timeline(clock);
  timeline.created(1, "t");
  timeline.suspended(1, Reason::kGil, Decider::kTask);
  clock.advance(5ms);
  timeline.running(1);
  clock.advance(5ms);
  timeline.finished(1);
  EXPECT_EQ(draw(timeline, 10),
            "   0    10 ms\n"
            "t |ggggg#####|\n");
}

TEST(Gantt, NothingRecordedDrawsNothing) {
  EXPECT_EQ(draw_gantt({"t"}, {}, 40), "");
}

TEST(Gantt, EveryLetterOfTheChartStandsInTheLegend) {
  for (const char letter : std::string("#-.Lg!|x")) {
    EXPECT_NE(gantt_legend().find(letter), std::string::npos) << letter;
  }
}

}  // namespace
}  // namespace scheduler
