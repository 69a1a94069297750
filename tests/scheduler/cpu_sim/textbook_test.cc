// Worked examples as textbooks have them, computed by hand.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

using Times = std::vector<int64_t>;

constexpr const char* kConvoy = "A:0:100,B:0:10,C:0:10";
constexpr const char* kLateShort = "A:0:100,B:10:10,C:10:10";
constexpr const char* kFour = "A:0:8,B:1:4,C:2:9,D:3:5";

TEST(Textbook, FirstComeMakesTheShortJobsWaitInAConvoy) {
  const Experiment run(kConvoy, "fcfs");
  EXPECT_EQ(run.turnaround(), (Times{100, 110, 120}));
  EXPECT_DOUBLE_EQ(run.metrics().turnaround, 110);
}

TEST(Textbook, ShortestFirstDissolvesTheConvoy) {
  const Experiment run(kConvoy, "sjf");
  EXPECT_EQ(run.turnaround(), (Times{120, 10, 20}));
  EXPECT_DOUBLE_EQ(run.metrics().turnaround, 50);
}

TEST(Textbook, ShortestFirstIsHelplessOnceALongJobRuns) {
  const Experiment run(kLateShort, "sjf");
  EXPECT_EQ(run.turnaround(), (Times{100, 100, 110}));
}

TEST(Textbook, ShortestRestFirstTakesTheCpuBack) {
  const Experiment run(kLateShort, "stcf");
  EXPECT_EQ(run.turnaround(), (Times{120, 10, 20}));
  EXPECT_DOUBLE_EQ(run.metrics().turnaround, 50);
  EXPECT_EQ(run.usage().preemptions, 1u);
}

TEST(Textbook, RoundRobinAnswersSoonAndEndsLate) {
  const char* const three = "A:0:5,B:0:5,C:0:5";
  const Experiment sjf(three, "sjf");
  EXPECT_EQ(sjf.response(), (Times{0, 5, 10}));
  EXPECT_EQ(sjf.turnaround(), (Times{5, 10, 15}));
  const Experiment rr(three, "rr", {.quantum = 1 * kUnit});
  EXPECT_EQ(rr.response(), (Times{0, 1, 2}));
  EXPECT_EQ(rr.turnaround(), (Times{13, 14, 15}));
}

TEST(Textbook, FourJobsUnderFirstCome) {
  const Experiment run(kFour, "fcfs");
  EXPECT_EQ(run.finished(), (Times{8, 12, 21, 26}));
  EXPECT_EQ(run.waiting(), (Times{0, 7, 10, 18}));
  EXPECT_DOUBLE_EQ(run.metrics().waiting, 8.75);
}

TEST(Textbook, FourJobsUnderShortestFirst) {
  const Experiment run(kFour, "sjf");
  EXPECT_EQ(run.finished(), (Times{8, 12, 26, 17}));
  EXPECT_EQ(run.waiting(), (Times{0, 7, 15, 9}));
  EXPECT_DOUBLE_EQ(run.metrics().waiting, 7.75);
}

TEST(Textbook, FourJobsUnderShortestRestFirst) {
  const Experiment run(kFour, "stcf");
  EXPECT_EQ(run.finished(), (Times{17, 5, 26, 10}));
  EXPECT_EQ(run.waiting(), (Times{9, 0, 15, 2}));
  EXPECT_DOUBLE_EQ(run.metrics().waiting, 6.5);
}

// A 0-4, B 4-8, C 8-12, D 12-16, A 16-20, C 20-24, D 24-25, C 25-26.
TEST(Textbook, FourJobsUnderRoundRobin) {
  const Experiment run(kFour, "rr", {.quantum = 4 * kUnit});
  EXPECT_EQ(run.finished(), (Times{20, 8, 26, 25}));
  EXPECT_EQ(run.waiting(), (Times{12, 3, 15, 17}));
  EXPECT_DOUBLE_EQ(run.metrics().waiting, 11.75);
}

// B 0-1, E 1-6, A 6-16, C 16-18, D 18-19.
TEST(Textbook, FiveJobsByPriorityWithoutAgeing) {
  const Experiment run(
      "A:0:10:priority=3,B:0:1:priority=1,C:0:2:priority=4,"
      "D:0:1:priority=5,E:0:5:priority=2",
      "priority", {.quantum = 100 * kUnit, .age_step = Duration::zero()});
  EXPECT_EQ(run.waiting(), (Times{6, 0, 16, 18, 1}));
  EXPECT_DOUBLE_EQ(run.metrics().waiting, 8.2);
}

// Each wait of A is filled by ten units of B.
TEST(Textbook, TreatingEachBurstAsAJobOverlapsComputingAndWaiting) {
  const char* const mixed = "A:0:10+10+10+10+10+10+10+10+10,B:0:60";
  EXPECT_EQ(Experiment(mixed, "stcf").finished(), (Times{90, 110}));
  EXPECT_EQ(Experiment(mixed, "fcfs").finished(), (Times{140, 70}));
}

// A sinks to the last level within 30 units. B enters on top: 100-110 there,
// 110-120 on the next, so A never delays it.
TEST(Textbook, FeedbackLevelsTreatALateShortJobAsIfItsLengthWereKnown) {
  const Experiment run("A:0:200,B:100:20", "mlfq",
                       {.quantum = 10 * kUnit, .boost = Duration::zero()});
  EXPECT_EQ(run.finished(), (Times{220, 120}));
  EXPECT_EQ(run.response(), (Times{0, 0}));
}

// B gives the CPU back one unit before its slice of 10 ends. That counts all
// the same: it has one unit left on top when it returns, and then sinks to A.
TEST(Textbook, GivingTheCpuBackJustInTimeDoesNotKeepAJobOnTop) {
  const auto rows =
      cpu_rows(parse_workload("B:0:9+1+9+1+9+1+9,A:0:60"), "mlfq",
               {.quantum = 10 * kUnit, .levels = 2, .boost = Duration::zero()});
  std::string expected;
  for (const auto& [name, units] :
       std::vector<std::pair<char, size_t>>{{'B', 9},
                                            {'A', 10},
                                            {'B', 1},
                                            {'A', 20},
                                            {'B', 8},
                                            {'A', 20},
                                            {'B', 9},
                                            {'A', 10},
                                            {'B', 9}}) {
    expected += std::string(units, name);
  }
  EXPECT_EQ(rows[0], expected);
}

TEST(Textbook, TicketsThreeToOneGiveAboutThreeQuartersOfTheCpu) {
  const Experiment run("A:0:3000:share=3,B:0:3000", "lottery",
                       {.quantum = 1 * kUnit, .seed = 7});
  // A ends when it has won 3000 draws: expected at 4000, give or take luck.
  EXPECT_NEAR(static_cast<double>(run.finished()[0]), 4000, 120);
  EXPECT_EQ(run.finished()[1], 6000);
}

TEST(Textbook, WeightsThreeToOneGiveExactlyThreeQuartersOfTheCpu) {
  const auto rows = cpu_rows(parse_workload("A:0:12:share=3,B:0:12"), "fair",
                             {.quantum = 1 * kUnit});
  EXPECT_EQ(rows[0], "AAABAAABAAABAAABBBBBBBBB");
}

// Also where they are large and the quantum is short.
TEST(Textbook, WeightsOfOneRatioGiveOneChart) {
  for (const Duration quantum : {1 * kUnit, kUnit / 100}) {
    const auto finished = [&](const std::string& jobs) {
      return Experiment(jobs, "fair", {.quantum = quantum}).finished();
    };
    const Times two_to_one = finished("A:0:3:share=2,B:0:3");
    EXPECT_LT(two_to_one[0], two_to_one[1]);
    EXPECT_EQ(finished("A:0:3:share=1000,B:0:3:share=500"), two_to_one);
    EXPECT_EQ(finished("A:0:3:share=200,B:0:3:share=100"), two_to_one);
  }
}

// Two switches of one unit per round trip: 0-2 A, 3-5 B, 6-8 A, 9-11 B.
TEST(Textbook, EachSwitchIsPaidForBeforeTheNextJobRuns) {
  const Machine machine = {.process_switch = 1 * kUnit};
  const Experiment run("A:0:4,B:0:4", "rr", {.quantum = 2 * kUnit}, machine);
  EXPECT_EQ(run.finished(), (Times{8, 11}));
  EXPECT_EQ(run.usage().process_switches, 3u);
  EXPECT_NEAR(run.metrics().utilisation, 8.0 / 11, 1e-12);
  EXPECT_NEAR(run.metrics().switching, 3.0 / 11, 1e-12);
}

}  // namespace
}  // namespace scheduler::cpu_sim
