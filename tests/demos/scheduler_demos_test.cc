// switch_cost, timeline, speed_knobs: what they print whatever the machine.
#include <string>
#include <vector>

#include "demos/support/machine.h"
#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

using tests::number_in;
using tests::output_of;

void expect_in_order(const std::string& output,
                     const std::vector<std::string>& texts) {
  size_t at = 0;
  for (const std::string& text : texts) {
    at = output.find(text, at);
    ASSERT_NE(at, std::string::npos) << "no " << text << " in\n" << output;
  }
}

// C-016
TEST(SwitchCostDemo, ShowsEachWayToTakeTurns) {
  expect_in_order(
      output_of("demos/switch_cost"),
      {"\nprocesses ", "\nthreads ", "\n(pipe alone) ", "\ntasks of a loop ",
       "\ngreen threads ", "\ngenerator ", "\nVERDICT C-016 "});
}

// C-029 C-136 C-137
TEST(SwitchCostDemo, ShowsEachWayToMakeOne) {
  const std::string output = output_of("demos/switch_cost", {"--spawn"});
  expect_in_order(
      output, {"\nprocess, fork ", "\nprocess, fresh image ", "\nthread ",
               "\ngreen thread ", "\ntask of a loop ", "\nawaited coroutine ",
               "\nVERDICT C-137 ", "\nVERDICT C-029 ", "\nVERDICT C-136 "});
  EXPECT_EQ(output.find("C-016"), std::string::npos) << output;
}

// C-017
TEST(SwitchCostDemo, ShowsWorkDoneForEachLengthOfATurn) {
  expect_in_order(output_of("demos/switch_cost", {"--slice"}),
                  {"\n3 ", "\n100 ", "\n10000 ", "\nVERDICT C-017 "});
}

// C-003 C-004
TEST(TimelineDemo, OnOneCpuThreadsAreAliveTogetherAndNeverRunTogether) {
  const std::string output =
      output_of("demos/timeline", {"--cpus=1", "--model=threads"});
  expect_in_order(output, {"VERDICT C-003 ", "VERDICT C-004 "});
  EXPECT_GE(number_in(output, "C-004 .*: lifetime overlap (\\d+) %"), 50);
  // Who loses his CPU for a moment is not seen to: nearly never.
  EXPECT_LE(number_in(output, "C-004 .*, on-CPU overlap (\\d+) %"), 10);
  // No process ran, and no other model.
  EXPECT_EQ(output.find("C-001"), std::string::npos) << output;
  EXPECT_EQ(output.find("C-115"), std::string::npos) << output;
}

// C-018
TEST(TimelineDemo, NoMoreProcessesRunThanThereAreCpus) {
  if (support::usable_cpus() < 2) {
    GTEST_SKIP() << "one CPU: nothing can run in parallel";
  }
  // Who has lost his CPU for a moment looks as if he had it, so a run on a busy
  // machine may not show it, and says so.
  std::string output;
  for (int i = 0;
       i < 10 && output.find("VERDICT C-018 found: ") == std::string::npos;
       ++i) {
    output = output_of("demos/timeline",
                       {"--cpus=2", "--model=processes", "--workers=4"});
  }
  EXPECT_LE(number_in(output,
                      "VERDICT C-018 found: .* at most (\\d) at a time "
                      "on 2 CPUs"),
            2);
}

// C-221 C-059
TEST(TimelineDemo, WaitsTakeTheirSumInARowAndTheLongestTogether) {
  const std::string output = output_of(
      "demos/timeline",
      {"--scene=waits", "--delays=20,7,10,8", "--model=single,async"});
  const double in_a_row =
      number_in(output, "C-221 found: 4 waits take (\\d+) ms in a row");
  const double together = number_in(output, "\\), (\\d+) ms together");
  EXPECT_GE(in_a_row, 450);
  EXPECT_GE(together, 200);
  EXPECT_LT(together, in_a_row);
  EXPECT_NEAR(number_in(output, "overlap factor .*: single (\\d+\\.\\d)"), 1.0,
              0.11);
}

// C-217
TEST(TimelineDemo, AsyncHasItsAnswersInTheOrderTheyBecomeReady) {
  expect_in_order(
      output_of("demos/timeline", {"--scene=three_ops", "--model=async"}),
      {"VERDICT C-217 found: asked for API, timeout, database; async has the "
       "answers in the order database, API, timeout after "});
}

// C-218 C-219 C-220
TEST(TimelineDemo, SixteenTasksAreAStaircaseAndAPoolCutsIt) {
  const std::string output = output_of(
      "demos/timeline", {"--scene=waits", "--tasks=16", "--straggler=13",
                         "--workers=4", "--model=single,threads,processes"});
  expect_in_order(output, {"VERDICT C-218 found: 16 tasks: single ",
                           "VERDICT C-219 found: 16 tasks: processes, 4 "
                           "workers ",
                           "VERDICT C-220 found: 16 tasks: threads, a pool of "
                           "4 "});
}

// C-006 C-007 C-008 C-069 C-128 C-214 C-223 C-224
TEST(TimelineDemo, EachModelIsDrawnBelowItsTwoNumbers) {
  const std::string output =
      output_of("demos/timeline", {"--scene=waits", "--tasks=2"});
  std::vector<std::string> words;
  for (const char* const model :
       {"single: ", "processes, ", "threads: ", "threads_gil: ", "async: "}) {
    words.insert(words.end(), {model, "alive together ", "on a CPU together ",
                               "\nA |", "\nB |"});
  }
  words.push_back("VERDICT C-069 ");
  expect_in_order(output, words);
}

// C-019
TEST(TimelineDemo, OnOneCpuWaitsOverlapAsWell) {
  const std::string output = output_of(
      "demos/timeline", {"--cpus=1", "--scene=waits", "--model=threads"});
  EXPECT_GT(number_in(output, "overlap factor .*: threads (\\d+\\.\\d)"), 1.2);
}

// C-053 C-059
TEST(TimelineDemo, ATestOfTheMatrixIsASceneToo) {
  expect_in_order(output_of("demos/timeline", {"--test=2", "--model=threads"}),
                  {"threads: ", "VERDICT C-059 found: overlap factor",
                   "VERDICT C-053 imprecise: each thread waits for "});
}

// C-054 C-056
TEST(SpeedKnobsDemo, TurnsAKnobAndShowsBothPrograms) {
  expect_in_order(
      output_of("demos/speed_knobs",
                {"--knob=cpu,latency", "--cpu=100,50", "--latency=1,10"}),
      {"CPU share ", "\n100 % ", "\n50 % ", "latency ms ", "\n1 ", "\n10 ",
       "\nVERDICT C-054 ",
       "\nVERDICT C-056 true: with 10 ms instead of 1 ms "});
}

// C-057 C-197 C-227
TEST(SpeedKnobsDemo, KnowsMemoryDiskAndShortWaits) {
  expect_in_order(
      output_of("demos/speed_knobs", {"--knob=memory,disk,fast"}),
      {"16 KiB ", "65536 KiB ", "in the page cache ", "on the disk ",
       "0.01 ms ", "50 ms ", "VERDICT C-057 ", "VERDICT C-227 ",
       "VERDICT C-197 wrong: who waits 0.01 ms switches "});
}

}  // namespace
}  // namespace demos
