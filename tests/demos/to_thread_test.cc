// The demo as a program: the shape of what it says; the gaps are the machine's.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kToThread = "demos/to_thread";

// C-108: the heart cannot beat while its thread is blocked.
TEST(ToThreadDemo, ABlockingCallInTheLoopStopsTheHeartForItsWholeLength) {
  const std::string output =
      tests::output_of(kToThread, {"--to=none", "--seconds=0.2"});
  EXPECT_GE(tests::number_in(output, "none +blocks +(\\S+)"), 200);
  EXPECT_EQ(output.find("VERDICT"), std::string::npos) << output;
}

// C-108
TEST(ToThreadDemo, ByTheVirtualClockTheGapIsExactlyTheBlock) {
  EXPECT_EQ(
      tests::output_of(kToThread, {"--to=none", "--clock=virtual"}),
      "who     work  longest gap ms  on time  1-4 ms late  4-20 ms  more\n"
      "none  blocks          2000.0        1            0        0     1\n"
      "\n");
}

TEST(ToThreadDemo, TheVirtualClockLeavesOutWhoReallyWorksAndSaysWhy) {
  const std::string why =
      "left out by the virtual clock: helper threads and processes really "
      "work, in time that it does not see\n";
  EXPECT_EQ(
      tests::output_of(kToThread, {"--clock=virtual"}),
      why + tests::output_of(kToThread, {"--to=none", "--clock=virtual"}));
  EXPECT_EQ(tests::output_of(kToThread, {"--to=thread", "--clock=virtual"}),
            why);
}

// C-109 C-110
TEST(ToThreadDemo, AHelperIsAnotherThreadOfTheSameProcess) {
  const std::string output =
      tests::output_of(kToThread, {"--to=thread", "--seconds=0.2"});
  EXPECT_GE(tests::number_in(output, "C-109 found: (\\S+) s"), 0.2);
  EXPECT_GE(tests::number_in(output, "threads of the process: (\\d+)"), 2);
  EXPECT_NE(output.find("VERDICT C-110 true: the work ran in another thread of "
                        "the same process\n"),
            std::string::npos)
      << output;
}

// C-108 C-111 C-206
TEST(ToThreadDemo, AllRowsTogetherAreJudged) {
  const std::string output = tests::output_of(kToThread, {"--seconds=0.4"});
  for (const char* row : {"none +blocks", "thread +blocks", "thread +computes",
                          "process +computes"}) {
    EXPECT_GT(tests::number_in(output, std::string(row) + " +(\\S+)"), 0);
  }
  const std::string words = tests::masked(output);
  EXPECT_NE(words.find("VERDICT C-108 "), std::string::npos);
  EXPECT_NE(words.find("under a global lock a beat is late by N ms beside a "
                       "thread that computes, by"),
            std::string::npos)
      << words;
}

}  // namespace
}  // namespace demos
