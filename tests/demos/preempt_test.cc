// The demo as a program: the shape of what it says, never its times.
#include <cstdint>
#include <regex>
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

constexpr const char* kPreempt = "demos/preempt";

// The number that stands where `pattern` has its brackets.
int64_t number_in(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) {
    ADD_FAILURE() << "no " << pattern << " in\n" << text;
    return -1;
  }
  return std::stoll(match[1]);
}

// C-009 C-010
TEST(PreemptDemo, TheSameBodiesStarveWithoutATimerAndProgressWithIt) {
  tests::Program program(kPreempt, {});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(number_in(program.output,
                      "C-010 found: when A ended B had done "
                      "(\\d+) steps"),
            0);
  EXPECT_GT(number_in(program.output, "with a timer, (\\d+)"), 0);
  EXPECT_GT(number_in(program.output, "C-009 found: (\\d+) forced switches"),
            2);
  EXPECT_EQ(number_in(program.output, "forced switches, (\\d+) own"), 0);
}

// C-012
TEST(PreemptDemo, CooperativeThreadsSwitchExactlyAsOftenAsTheyYield) {
  tests::Program program(kPreempt, {"--mode=coop"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(
      program.output.find(
          "VERDICT C-012 found: 2000 yields, 2000 own switches, 0 forced"),
      std::string::npos)
      << program.output;
}

// C-011: all but those that found a thread before its first step.
TEST(PreemptDemo, ForcedSwitchesFallInsideTheBody) {
  tests::Program program(kPreempt, {"--mode=preempt", "--histogram"});
  EXPECT_EQ(program.wait(), 0);
  const int64_t inside =
      number_in(program.output, "C-011 found: (\\d+) of \\d+ switches inside");
  const int64_t all =
      number_in(program.output, "C-011 found: \\d+ of (\\d+) switches inside");
  EXPECT_GT(inside, 0);
  EXPECT_GE(inside * 2, all);
}

// C-014 C-228
TEST(PreemptDemo, AFrozenThreadTakesNoStepWhileTheOtherRuns) {
  tests::Program program(kPreempt, {"--mode=preempt", "--explain"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(
      number_in(program.output, "C-228 found: A was frozen: (\\d+) steps"), 0);
  EXPECT_GT(number_in(program.output, "steps while B did (\\d+)"), 0);
  // It goes on where it was stopped.
  std::smatch places;
  ASSERT_TRUE(std::regex_search(
      program.output, places,
      std::regex("about to execute (\\S+),[^]*A goes on at (\\S+)")));
  EXPECT_EQ(places[1], places[2]);
}

TEST(PreemptDemo, ALookAtForcedSwitchesWithoutATimerIsRefused) {
  for (const char* const look : {"--histogram", "--explain"}) {
    tests::Program program(kPreempt, {"--mode=coop", look});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_EQ(program.output, "");
    EXPECT_EQ(program.error,
              "preempt: --histogram and --explain look at forced switches and "
              "need a timer; accepted: --mode=preempt\n");
  }
}

TEST(PreemptDemo, AWrongModeIsOneLineAndExitCodeTwo) {
  tests::Program program(kPreempt, {"--mode=none"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_TRUE(program.error.starts_with("preempt: --mode=none: accepted: "))
      << program.error;
}

}  // namespace
}  // namespace demos
