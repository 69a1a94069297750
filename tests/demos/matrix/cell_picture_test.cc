#include "demos/matrix/cell_picture.h"

#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "demos/pictures/picture.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::matrix {
namespace {

using scheduler::Duration;
using scheduler::LaneState;
using scheduler::Slice;
using scheduler::TimePoint;

Slice bar(uint32_t lane, LaneState state, int from, int to) {
  return {.lane = lane,
          .state = state,
          .start = TimePoint{} + Duration(from),
          .end = TimePoint{} + Duration(to),
          .cpu = 1,
          .decider = scheduler::Decider::kTask,
          .switched = true};
}

std::string text_of(const std::vector<Slice>& slices) {
  std::string text;
  for (const Slice& slice : slices) {
    text += std::to_string(slice.lane) +
            (slice.state == LaneState::kRunning ? "#" : ".") +
            std::to_string((slice.start - TimePoint{}).count()) + "-" +
            std::to_string((slice.end - TimePoint{}).count()) + " ";
  }
  return text;
}

// I1
TEST(CellPicture, ShortBarsAreJoinedUnderTheStateThatLastedLongest) {
  EXPECT_EQ(text_of(joined_where_too_short({bar(0, LaneState::kRunning, 0, 3),
                                            bar(0, LaneState::kWaiting, 3, 5),
                                            bar(0, LaneState::kRunning, 5, 8),
                                            bar(0, LaneState::kWaiting, 8, 10)},
                                           Duration(10))),
            "0#0-10 ");
}

TEST(CellPicture, StretchesOfTheSameStateBecomeOneBar) {
  std::vector<Slice> slices;
  for (int i = 0; i < 100; ++i) {
    slices.push_back(bar(0, LaneState::kRunning, 4 * i, 4 * i + 1));
    slices.push_back(bar(0, LaneState::kWaiting, 4 * i + 1, 4 * i + 4));
  }
  slices.push_back(bar(0, LaneState::kWaiting, 400, 450));
  EXPECT_EQ(text_of(joined_where_too_short(slices, Duration(20))),
            "0.0-400 0.400-450 ");
}

// I2
TEST(CellPicture, ABarThatCanBeSeenStaysWhatItWas) {
  const std::vector<Slice> slices = {bar(0, LaneState::kRunning, 0, 10),
                                     bar(0, LaneState::kWaiting, 10, 11),
                                     bar(0, LaneState::kRunning, 11, 30)};
  const std::vector<Slice> joined =
      joined_where_too_short(slices, Duration(10));
  EXPECT_EQ(text_of(joined), text_of(slices));
  EXPECT_EQ(joined[2].cpu, 1);
  EXPECT_TRUE(joined[1].switched);  // alone: nothing to join it with
}

TEST(CellPicture, EachLaneIsJoinedByItself) {
  EXPECT_EQ(text_of(joined_where_too_short({bar(0, LaneState::kRunning, 0, 3),
                                            bar(1, LaneState::kWaiting, 0, 9),
                                            bar(0, LaneState::kWaiting, 3, 4),
                                            bar(1, LaneState::kRunning, 9, 10)},
                                           Duration(100))),
            "0#0-4 1.0-10 ");
}

TEST(CellPicture, SaysWhoseRunItIsAndThatBarsWereJoined) {
  scheduler::ManualClock clock;
  scheduler::Timeline lane(clock);
  lane.created(0, "0");
  for (int i = 0; i < 2000; ++i) {
    lane.running(0);
    clock.advance(Duration(10));
    lane.suspended(0, scheduler::Reason::kIo, scheduler::Decider::kTask);
    clock.advance(Duration(1));
    lane.woken(0);
  }
  lane.running(0);
  lane.finished(0);
  MeasuredTest test;
  test.experiment = bodies::sleeps();
  test.rows = {{.model = "async"}};
  EXPECT_FALSE(has_events(test.rows[0]));
  test.rows[0].events.assign(30, lane.events());
  EXPECT_TRUE(has_events(test.rows[0]));
  const pictures::Picture picture = picture_of_cell(test, test.rows[0]);
  EXPECT_EQ(picture.name, "TEST 1 async, the first 24 of 30 items");
  const pictures::Panel& panel = picture.panels.front();
  EXPECT_EQ(panel.lanes.size(), 24u);
  EXPECT_LE(panel.slices.size(), 24u * 201);
  EXPECT_EQ(panel.length(), Duration(22'000));
  EXPECT_EQ(panel.title, "own scale: 0.022 ms");
  EXPECT_NE(panel.caption.find("shorter than 1/200"), std::string::npos)
      << panel.caption;
}

}  // namespace
}  // namespace demos::matrix
