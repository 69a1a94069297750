#include "demos/pictures/picture.h"

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "demos/pictures/ascii.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "tests/demos/pictures/sample.h"

namespace demos::pictures {
namespace {

using scheduler::Duration;
using scheduler::LaneState;
using namespace std::chrono_literals;

// I1
TEST(Panel, BeginsAtZeroWhateverTheClockSaid) {
  const Panel panel =
      make_panel("p", {"A"},
                 {sample_slice(0, LaneState::kReady, 7000, 8000),
                  sample_slice(0, LaneState::kRunning, 8000, 9500)});
  EXPECT_EQ(panel.slices.front().start, scheduler::TimePoint{});
  EXPECT_EQ(panel.length(), 2500us);
}

TEST(Panel, LeavesOutLanesOnWhichNothingHappened) {
  const Panel panel = make_panel("p", {"A", "B", "C"},
                                 {sample_slice(0, LaneState::kRunning, 0, 1),
                                  sample_slice(2, LaneState::kRunning, 1, 2)});
  EXPECT_EQ(panel.lanes, (std::vector<std::string>{"A", "C"}));
  EXPECT_EQ(panel.slices.back().lane, 1u);
}

// I3
TEST(Panel, HasNoBarForAMoment) {
  const Panel panel =
      make_panel("p", {"A"},
                 {sample_slice(0, LaneState::kReady, 5000, 5000),
                  sample_slice(0, LaneState::kRunning, 7000, 8000)});
  ASSERT_EQ(panel.slices.size(), 1u);
  EXPECT_EQ(panel.slices.front().start, scheduler::TimePoint{});
}

TEST(Picture, IsAsLongAsItsLongestPanel) {
  EXPECT_EQ(sample().length(), 10ms);
  EXPECT_EQ(sample_questions().length(), Duration::zero());
}

TEST(Picture, SaysATimeInItsOwnUnit) {
  EXPECT_EQ(time_text(12500us, {}), "12.5 ms");
  EXPECT_EQ(time_text(15ms, {"min", 1ms}), "15 min");
  EXPECT_EQ(time_text(1500ms, {"s", 1s}), "1.5 s");
}

TEST(Picture, HasFewAndRoundMarksOnItsScale) {
  EXPECT_EQ(scale_marks(10ms, {}),
            (std::vector<Duration>{0ms, 2ms, 4ms, 6ms, 8ms, 10ms}));
  EXPECT_EQ(scale_marks(33ms, {}),
            (std::vector<Duration>{0ms, 10ms, 20ms, 30ms}));
  for (Duration length = 1ns; length < 100s; length = length * 3 + 1ns) {
    const std::vector<Duration> marks = scale_marks(length, {});
    EXPECT_LE(marks.size(), 6u) << length.count();
    EXPECT_LE(marks.back(), length);
  }
}

TEST(Picture, TellsEachStateByAnotherLookAndWord) {
  std::set<std::string> words;
  std::set<std::string> names;
  for (int state = 0; state < 5; ++state) {
    const StateLook& look = look_of(static_cast<LaneState>(state));
    words.insert(look.word);
    names.insert(look.name);
  }
  EXPECT_EQ(words.size(), 5u);
  EXPECT_EQ(names.size(), 5u);
}

TEST(AsciiText, DrawsAllPanelsToOneScaleWithTheirBoxes) {
  const std::string text = ascii_text(sample());
  EXPECT_NE(text.find("P / t1" + std::string(27, ' ') + " |####"),
            std::string::npos)
      << text;
  // 10 ms are 66 columns, so 4 are 26; the last one shows who switched.
  EXPECT_NE(text.find("|" + std::string(26, '#') + "!---"), std::string::npos)
      << text;
  EXPECT_NE(text.find("! forced switch"), std::string::npos);
}

TEST(AsciiText, WritesQuestionsBelowEachOther) {
  EXPECT_EQ(ascii_text(sample_questions()),
            "rule: a choice\n\n"
            "a < b ? --yes--> this\n      | no\n      +--> that\n\n");
}

TEST(AsciiText, APanelOfNoLengthHasNoChart) {
  Picture picture = sample();
  picture.panels = {make_panel("empty", {"A"}, {})};
  EXPECT_TRUE(ascii_text(picture).starts_with(
      "sample: every state\n\nempty\n\n# running"));
}

TEST(AsciiText, SaysWhatItsClockStandsFor) {
  Picture picture = sample();
  picture.unit = {"min", 1ms};
  EXPECT_NE(ascii_text(picture).find("in the charts ms stands for min\n"),
            std::string::npos);
  picture.unit = {"min", 250ms};
  EXPECT_NE(ascii_text(picture).find("in the charts 250 ms stands for 1 min\n"),
            std::string::npos);
}

TEST(AsciiText, SaysThatANarrowBarDoesNotTellWhoSwitched) {
  Picture picture = sample();
  const std::string words = "a bar of fewer than three columns has no room";
  EXPECT_EQ(ascii_text(picture).find(words), std::string::npos);
  picture.panels[0].slices[2].end = picture.panels[0].slices[2].start + 300us;
  EXPECT_NE(ascii_text(picture).find(words), std::string::npos);
}

// I2
TEST(AsciiText, LetsNoNameCommandTheTerminal) {
  Picture picture = sample();
  picture.title = "\x1b[2J";
  picture.panels[0].lanes[0] = "\x1b]0;x\x07";
  for (const char c : ascii_text(picture)) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
}

}  // namespace
}  // namespace demos::pictures
