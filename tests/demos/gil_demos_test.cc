// The demos of the global lock as programs. In virtual time they are compared
// byte by byte; in real time the words are, and what no neighbour can change.
// What two free CPUs show is in gil_ratios_test.cc.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

using tests::number_in;
using tests::output_of;

constexpr const char* kTimeline = "demos/gil_timeline";
constexpr const char* kConvoy = "demos/convoy";
constexpr const char* kRace = "demos/gil_race";
constexpr const char* kRelease = "demos/release_io";

void expect_text(const std::string& output, const std::string& text) {
  EXPECT_NE(output.find(text), std::string::npos) << "no " << text << " in\n"
                                                  << output;
}

// C-151 C-152 C-158 C-159 C-164 C-166
TEST(GilTimelineDemo, DrawsHoldingWantingAndWaitingAndTheAskApartFromTheDrop) {
  EXPECT_EQ(output_of(kTimeline), tests::golden("gil_timeline.txt"));
}

// C-165
TEST(GilTimelineDemo, TheSameThreadsHaveAnotherOrderUnderEachWakePolicy) {
  const std::string output = output_of(
      kTimeline, {"--work=compute", "--op=short", "--wake=fifo,lifo,random"});
  EXPECT_EQ(output, tests::golden("gil_timeline_wake.txt"));
  EXPECT_NE(output,
            output_of(kTimeline, {"--work=compute", "--op=short",
                                  "--wake=fifo,lifo,random", "--seed=5"}));
}

TEST(GilTimelineDemo, WhatNoRunCanShowIsNotClaimed) {
  const std::string output = output_of(kTimeline, {"--work=sleep"});
  for (const char* const id : {"C-164", "C-165", "C-166"}) {
    EXPECT_EQ(output.find(id), std::string::npos) << output;
  }
  // Longer than the ticker's own instructions.
  expect_text(output_of(kTimeline, {"--work=ticker", "--interval=100"}),
              "VERDICT C-164 not shown: ");
}

// C-163 C-174. On a busy machine the hog may sleep through a return, and then
// nobody waits for it: what the medians are is asked in gil_ratios_test.cc.
TEST(ConvoyDemo, EachRowIsJudgedByItsMedian) {
  const std::string output = output_of(
      kConvoy,
      {"--hogs=0,1", "--interval=5,1", "--returns=11", "--gil=interval"});
  for (const char* const row : {"interval +5 +0", "interval +5 +1",
                                "interval +1 +0", "interval +1 +1"}) {
    double before = 0;
    std::string columns = row;
    for (int column = 0; column < 4; ++column) {  // p50, p90, p99, max
      const double value = number_in(output, columns + " +([0-9.]+)");
      EXPECT_GE(value, before) << row;
      before = value;
      columns += " +[0-9.]+";
    }
  }
  const std::string words = tests::masked(output);
  expect_text(words,
              "beside N, N threads that compute the median return takes N, N "
              "ms, at an interval of N ms\n");
  expect_text(words,
              "at intervals of N, N ms the median return takes N, N ms\n");
  EXPECT_EQ(output.find("C-162"), std::string::npos) << output;
}

// C-162
TEST(ConvoyDemo, TheOlderLockIsDroppedByCountAndNotByTime) {
  const std::string output =
      output_of(kConvoy, {"--hogs=1", "--interval=5", "--returns=11"});
  EXPECT_GT(number_in(output,
                      "counting 100 instructions is another lock: "
                      "(\\d+) drops"),
            number_in(output, "asking after 5 ms: (\\d+) drops"));
  // However busy the machine is: without a drop there would be no switch.
  EXPECT_GT(number_in(output, "asking after 5 ms: (\\d+) drops"), 0);
}

TEST(ConvoyDemo, WithoutAHogThereIsNothingToJudge) {
  const std::string output = output_of(kConvoy, {"--hogs=0"});
  EXPECT_EQ(output.find("VERDICT"), std::string::npos) << output;
}

TEST(ConvoyDemo, ANumberOutOfItsRangeIsRefusedWithTheRange) {
  tests::Program program(kConvoy, {"--hogs=1,17"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "convoy: --hogs=1,17: accepted: numbers from 0 to 16, with commas "
            "between them\n");
}

// C-147 C-155 C-215, and C-134: no matter how fast.
TEST(GilRaceDemo, HoldersOfTwoLocksStandAtOneBarrier) {
  const std::string output =
      output_of(kRace, {"--threads=1,2", "--processes=1,2", "--laps=100"});
  expect_text(output,
              "VERDICT C-134 true: 2 processes, each with a lock: their "
              "holders stood at one barrier at the same time\n");
  expect_text(output, "VERDICT C-155 ");
  const std::string words = tests::masked(output);
  expect_text(words,
              "under the lock two threads are N times as fast as one, two "
              "processes N times\n");
  expect_text(words,
              "as fast as one thread: N threads N times with the lock, "
              "N without\n");
}

TEST(GilRaceDemo, ARowAloneIsNotJudged) {
  const std::string output = output_of(
      kRace, {"--threads=1", "--processes=1", "--gil=on", "--laps=100"});
  EXPECT_EQ(output.find("VERDICT"), std::string::npos) << output;
}

// C-156: a lower bound that no neighbour can change.
TEST(ReleaseIoDemo, WaitsThatKeepTheLockComeOneAfterAnother) {
  const std::string output = output_of(kRelease, {"--work=sleep,read"});
  EXPECT_GE(number_in(output, "sleep +kept +4 +(\\S+)"), 0.4);
  EXPECT_GE(number_in(output, "read +kept +4 +(\\S+)"), 0.4);
  EXPECT_GE(number_in(output, "sleep +dropped +4 +(\\S+)"), 0.1);
  expect_text(tests::masked(output),
              "N waits of N s that let go of the lock: sleep N s, keeping it "
              "N s; read N s, keeping it N s\n");
  EXPECT_EQ(output.find("C-168"), std::string::npos) << output;
}

// C-150 C-168 C-173
TEST(ReleaseIoDemo, HashingIsJudgedByTheCpuThatItUsed) {
  const std::string words =
      tests::masked(output_of(kRelease, {"--work=hash", "--threads=2"}));
  expect_text(words,
              "N threads that hash without the lock are N times as fast "
              "as under it\n");
  expect_text(words,
              "N threads of one process, with one lock, used N % of a CPU\n");
  EXPECT_EQ(words.find("C-156"), std::string::npos) << words;
}

}  // namespace
}  // namespace demos
