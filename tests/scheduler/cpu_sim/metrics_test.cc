// The promises of scheduler/cpu_sim/metrics.h.
#include "scheduler/cpu_sim/metrics.h"

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

// I2
TEST(Fairness, IsOneForEqualsAndOneNthIfOneHasEverything) {
  EXPECT_DOUBLE_EQ(fairness({5, 5, 5, 5}), 1);
  EXPECT_DOUBLE_EQ(fairness({7, 0, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(fairness({1, 2, 3}), 36.0 / (3 * 14));
  EXPECT_DOUBLE_EQ(fairness({}), 0);
}

// A: 0-2, I/O 2-4, 5-6. B: arrives 1, runs 2-5. By hand:
TEST(Metrics, AreThoseOfATableMadeByHand) {
  const Experiment run("A:0:2+2+1,B:1:3", "fcfs");
  const Metrics metrics = run.metrics();
  EXPECT_DOUBLE_EQ(metrics.turnaround, (6 + 4) / 2.0);
  EXPECT_DOUBLE_EQ(metrics.response, (0 + 1) / 2.0);
  EXPECT_DOUBLE_EQ(metrics.worst_response, 1);
  EXPECT_DOUBLE_EQ(metrics.waiting, (1 + 1) / 2.0);
  EXPECT_DOUBLE_EQ(metrics.length, 6);
  EXPECT_DOUBLE_EQ(metrics.throughput, 2 / 6.0);
  EXPECT_DOUBLE_EQ(metrics.utilisation, 1);
  EXPECT_DOUBLE_EQ(metrics.switching, 0);
  EXPECT_DOUBLE_EQ(metrics.fairness, fairness({5 / 6.0, 3 / 4.0}));
}

// [C-025] The CPU idles while the only task waits.
TEST(Metrics, AloneAWaitingJobLeavesTheCpuIdle) {
  EXPECT_DOUBLE_EQ(Experiment("A:0:1+8+1", "fcfs").metrics().utilisation, 0.2);
  EXPECT_DOUBLE_EQ(Experiment("A:0:1+8+1,B:0:9", "fcfs").metrics().utilisation,
                   1);
}

// [C-017] A sweep of the quantum: shorter is more switching and less work.
TEST(Metrics, FrequentSwitchingSlowsTheWhole) {
  double before = 0;
  for (const int quantum : {1, 2, 5, 10, 50}) {
    const Metrics metrics =
        Experiment("A:0:50,B:0:50,C:0:50", "rr", {.quantum = quantum * kUnit},
                   {.process_switch = 1 * kUnit})
            .metrics();
    EXPECT_GT(metrics.throughput, before) << quantum;
    EXPECT_NEAR(metrics.utilisation + metrics.switching, 1, 1e-9);
    before = metrics.throughput;
  }
}

TEST(Metrics, NoJobsGiveZeros) {
  EXPECT_EQ(Experiment(Workload{}, "fcfs").metrics().turnaround, 0);
}

}  // namespace
}  // namespace scheduler::cpu_sim
