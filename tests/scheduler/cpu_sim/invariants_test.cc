// What must hold whatever the workload: the numbered invariants of the
// simulator, metrics and policies, over random workloads.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

class Invariants : public testing::TestWithParam<std::string_view> {};

Workload busy(uint64_t seed, int jobs = 60) {
  return random_workload(seed, {.jobs = jobs, .arrivals = 200 * kUnit});
}

Machine machine_of(uint64_t seed) {
  return {.cpus = 1 + static_cast<int>(seed % 5),
          .queues = static_cast<Queues>(seed % 3),
          .process_switch = static_cast<int>(seed % 2) * kUnit};
}

Duration cpu_time(const JobSpec& spec) {
  Duration sum{};
  for (size_t i = 0; i < spec.bursts.size(); i += 2) {
    sum += spec.bursts[i];
  }
  return sum;
}

Duration io_time(const JobSpec& spec) {
  Duration sum{};
  for (size_t i = 1; i < spec.bursts.size(); i += 2) {
    sum += spec.bursts[i];
  }
  return sum;
}

// Simulator I3: what each job was seen running is what it asked for.
TEST_P(Invariants, EachJobGetsExactlyItsBursts) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Workload workload = busy(seed);
    const Experiment run(workload, GetParam(), {}, machine_of(seed));
    std::vector<Duration> ran(workload.size());
    std::vector<Duration> waited(workload.size());
    for (const Slice& slice : run.timeline().slices()) {
      const std::string& name = run.timeline().lanes()[slice.lane];
      const auto job = static_cast<size_t>(std::stoi(name.substr(1)));
      if (slice.state == LaneState::kRunning) {
        ran[job] += slice.end - slice.start;
      } else if (slice.state == LaneState::kWaiting) {
        waited[job] += slice.end - slice.start;
      }
    }
    for (size_t i = 0; i < workload.size(); ++i) {
      ASSERT_EQ(ran[i], cpu_time(workload[i])) << seed << " " << i;
      ASSERT_EQ(waited[i], io_time(workload[i])) << seed << " " << i;
    }
  }
}

// Metrics I1, and Simulator I4.
TEST_P(Invariants, EveryMomentOfAJobAndOfACpuIsAccountedFor) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Workload workload = busy(seed);
    const Experiment run(workload, GetParam(), {}, machine_of(seed));
    Duration all{};
    for (const Job& job : run.simulator().jobs()) {
      all += cpu_time(*job.spec);
      ASSERT_EQ(turnaround_of(job),
                cpu_time(*job.spec) + io_time(*job.spec) + job.waited);
    }
    EXPECT_EQ(run.usage().running, all);
    const Metrics metrics = run.metrics();
    EXPECT_LE(metrics.utilisation + metrics.switching, 1 + 1e-9);
    EXPECT_LE(metrics.fairness, 1 + 1e-9);
    EXPECT_GE(metrics.fairness, 1.0 / static_cast<double>(workload.size()));
  }
}

// Simulator I1: never two jobs at once on one CPU. CpuRows would write the
// second over the first, and some job's letters would be missing.
TEST_P(Invariants, ACpuRunsOneJobAtATime) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Workload workload = busy(seed, 20);
    for (size_t i = 0; i < workload.size(); ++i) {
      workload[i].name = static_cast<char>('A' + i);
    }
    std::string all;
    for (const std::string& row :
         cpu_rows(workload, GetParam(), {}, machine_of(seed))) {
      all += row;
    }
    for (const JobSpec& spec : workload) {
      ASSERT_EQ(std::count(all.begin(), all.end(), spec.name[0]),
                cpu_time(spec) / kUnit);
    }
  }
}

// Simulator I2, looked at after every instant.
TEST_P(Invariants, NoCpuIsIdleWhileAJobIsReady) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    const Workload workload = busy(seed);
    for (const Queues queues : {Queues::kShared, Queues::kStealing}) {
      const Machine machine = {.cpus = 1 + static_cast<int>(seed % 5),
                               .queues = queues};
      ManualClock clock;
      Simulator simulator(
          workload, machine, [] { return make_policy(GetParam(), {}); }, clock);
      while (simulator.step()) {
        const auto in = [&](TaskState state) {
          return std::count_if(
              simulator.jobs().begin(), simulator.jobs().end(),
              [state](const Job& job) { return job.state == state; });
        };
        ASSERT_LE(in(TaskState::kRunning), machine.cpus);
        if (in(TaskState::kReady) > 0) {
          ASSERT_EQ(in(TaskState::kRunning), machine.cpus);
        }
      }
    }
  }
}

TEST_P(Invariants, TheSameSeedGivesTheSameRun) {
  const Workload workload = busy(3);
  const Machine machine = {.cpus = 3, .queues = Queues::kStealing};
  const Knobs knobs = {.seed = 5};
  EXPECT_EQ(Experiment(workload, GetParam(), knobs, machine).finished(),
            Experiment(workload, GetParam(), knobs, machine).finished());
  EXPECT_EQ(busy(3), busy(3));
  EXPECT_NE(busy(3), busy(4));
}

INSTANTIATE_TEST_SUITE_P(AllPolicies, Invariants,
                         testing::ValuesIn(kPolicyNames),
                         [](const auto& policy) {
                           return std::string(policy.param);
                         });

// A long job of low priority, and every two units a short urgent one that
// takes exactly those two units: the CPU never has a moment to spare.
Workload flood(int shorts) {
  Workload workload = parse_workload("V:0:10:priority=3");
  for (int i = 0; i < shorts; ++i) {
    workload.push_back({.name = "s" + std::to_string(i),
                        .arrival = 2 * i * kUnit,
                        .bursts = {2 * kUnit}});
  }
  return workload;
}

int64_t end_of_victim(int shorts, std::string_view policy, Knobs knobs = {}) {
  return Experiment(flood(shorts), policy, knobs).finished()[0];
}

// The table in policy.h: who starves waits for the flood to end, however long
// it is; who does not ends at a time that the flood's length does not change.
TEST(Starvation, ShortestFirstAndBarePriorityStarve) {
  for (const int shorts : {100, 1000}) {
    const int64_t after_the_flood = 2 * shorts + 10;
    EXPECT_EQ(end_of_victim(shorts, "sjf"), after_the_flood);
    EXPECT_EQ(end_of_victim(shorts, "stcf"), after_the_flood);
    EXPECT_EQ(end_of_victim(shorts, "priority", {.age_step = {}}),
              after_the_flood);
    EXPECT_EQ(end_of_victim(shorts, "mlfq", {.boost = {}}), after_the_flood);
  }
}

TEST(Starvation, TheOthersServeTheVictimWhileTheFloodGoesOn) {
  for (const char* const policy :
       {"fcfs", "rr", "priority", "mlfq", "lottery", "fair"}) {
    EXPECT_LT(end_of_victim(1000, policy), 1000) << policy;
    EXPECT_EQ(end_of_victim(1000, policy), end_of_victim(2000, policy))
        << policy;
  }
}

// Round robin: n - 1 quanta, whatever the others are.
TEST(Starvation, UnderRoundRobinEachRunsAgainWithinOneRound) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const int jobs = 12;
    const Workload workload = busy(seed, jobs);
    const Experiment run(workload, "rr", {.quantum = 3 * kUnit});
    for (const Slice& slice : run.timeline().slices()) {
      if (slice.state == LaneState::kReady) {
        ASSERT_LE(slice.end - slice.start, (jobs - 1) * 3 * kUnit);
      }
    }
  }
}

// Priority I2: overtaken only by what comes within priority x age_step.
TEST(Starvation, AgeingBoundsWhoMayOvertake) {
  const Duration step = 7 * kUnit;
  const auto rows = cpu_rows(flood(1000), "priority", {.age_step = step});
  // The victim came at 0 with priority 3, so nobody who came after 21 runs
  // before it. Those who came until then, at 0, 2, ... 20, take 22 units.
  EXPECT_EQ(rows[0].find('V'), 22u);
}

// FairShare I3, for jobs that never wait for I/O.
TEST(Starvation, FairShareKeepsAllWithinOneQuantumByWeight) {
  const Workload workload =
      parse_workload("A:0:900:share=1,B:0:900:share=2,C:0:900:share=3");
  const Duration quantum = 4 * kUnit;
  ManualClock clock;
  Simulator simulator(
      workload, {}, [=] { return make_policy("fair", {.quantum = quantum}); },
      clock);
  while (simulator.step() && clock.now() < TimePoint(900 * kUnit)) {
    const auto [least, most] = std::minmax_element(
        simulator.jobs().begin(), simulator.jobs().end(),
        [](const Job& a, const Job& b) { return a.vruntime < b.vruntime; });
    ASSERT_LE(most->vruntime - least->vruntime, quantum);
  }
}

}  // namespace
}  // namespace scheduler::cpu_sim
