// The promises of scheduler/cpu_sim/simulator.h: order within an instant, what
// observers see, what a switch costs, where jobs go with several queues.
#include "scheduler/cpu_sim/simulator.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

using Rows = std::vector<std::string>;

Rows rows(std::string_view text, std::string_view policy,
          const Knobs& knobs = {}, const Machine& machine = {}) {
  return cpu_rows(parse_workload(text), policy, knobs, machine);
}

// The five verbs as one line: "0 A created, 0 A running, ...".
std::string log_of(const Experiment& run) {
  constexpr const char* kVerbs[] = {"created", "running", "suspended", "woken",
                                    "finished"};
  std::string log;
  for (const Event& event : run.timeline().events()) {
    log += (log.empty() ? "" : ", ") + text_of(event.time.time_since_epoch()) +
           " " + run.timeline().lanes()[event.lane] + " " +
           kVerbs[static_cast<int>(event.verb)];
    if (event.verb == Verb::kSuspended) {
      log += event.reason == Reason::kIo          ? " io"
             : event.reason == Reason::kQuantum   ? " quantum"
             : event.reason == Reason::kPreempted ? " preempted"
                                                  : " ?";
      log += event.decider == Decider::kSystem ? " by system" : " by itself";
    }
  }
  return log;
}

// The life of a task. [C-022]
TEST(Simulator, AJobIsCreatedRunsWaitsIsWokenRunsAndEnds) {
  EXPECT_EQ(log_of(Experiment("A:1:2+3+1", "fcfs")),
            "1 A created, 1 A running, 3 A suspended io by itself, 6 A woken, "
            "6 A running, 7 A finished");
}

// Waiting is the job's own doing, losing the CPU is the system's. [C-052]
TEST(Simulator, AnEndedSliceIsTheSystemsDecisionAndIoTheJobsOwn) {
  EXPECT_EQ(log_of(Experiment("A:0:3,B:0:1+1+1", "rr")),
            "0 A created, 0 B created, 0 A running, "
            "2 A suspended quantum by system, 2 B running, "
            "3 B suspended io by itself, 3 A running, 4 B woken, "
            "4 A finished, 4 B running, 5 B finished");
}

TEST(Simulator, AnOutrankedJobIsPreemptedByTheSystem) {
  EXPECT_EQ(log_of(Experiment("A:0:5,B:1:2", "stcf")),
            "0 A created, 0 A running, 1 B created, "
            "1 A suspended preempted by system, 1 B running, 3 B finished, "
            "3 A running, 7 A finished");
}

// I5
TEST(Simulator, ARenewedSliceIsNoSwitch) {
  const Experiment run("A:0:10", "rr");
  EXPECT_EQ(log_of(run), "0 A created, 0 A running, 10 A finished");
  EXPECT_EQ(run.usage().events, 6u) << "arrival, four slices, end";
}

// The rule of the instant, 2 before 4.
TEST(Simulator, AJobThatArrivesAsASliceEndsIsBeforeTheOneThatHadIt) {
  EXPECT_EQ(rows("A:0:4,B:2:2", "rr"), Rows{"AABBAA"});
}

// The rule of the instant, 2 before 3 before 4.
TEST(Simulator, NewBeforeWokenBeforeExpired) {
  EXPECT_EQ(rows("W:0:1+4+1,A:0:6,N:5:1", "rr"), Rows{"WAAAANWAA"});
}

TEST(Simulator, OfEqualArrivalsTheFirstListedIsFirst) {
  EXPECT_EQ(rows("C:0:1,A:0:1,B:0:1", "fcfs"), Rows{"CAB"});
  EXPECT_EQ(rows("C:0:1,A:0:1,B:0:1", "sjf"), Rows{"CAB"});
}

TEST(Simulator, EverybodyReadyAtAnInstantIsConsideredAtIt) {
  EXPECT_EQ(rows("A:0:5,B:0:1", "sjf"), Rows{"BAAAAA"})
      << "the long one is listed first, and yet not chosen before the other";
}

TEST(Simulator, OfEquallyUrgentRunningJobsTheOneOnTheLowestCpuIsOusted) {
  EXPECT_EQ(rows("A:0:4:priority=1,B:0:4:priority=1,C:2:2", "priority",
                 {.quantum = 9 * kUnit}, {.cpus = 2}),
            (Rows{"AACCAA", "BBBB"}));
}

TEST(Simulator, TheLeastUrgentOfAllCpusIsOusted) {
  EXPECT_EQ(rows("A:0:4:priority=1,B:0:4:priority=2,C:2:3", "priority",
                 {.quantum = 9 * kUnit, .age_step = {}}, {.cpus = 2}),
            (Rows{"AAAABB", "BBCCC"}));
}

TEST(Simulator, AJobReturnsToTheCpuItHadIfThatIsIdle) {
  EXPECT_EQ(rows("A:0:1,B:0:1+2+2", "fcfs", {}, {.cpus = 2}),
            (Rows{"A", "B..BB"}));
}

TEST(Simulator, AGapWithNothingToDoCostsOneStep) {
  ManualClock clock;
  const Workload workload = parse_workload("A:0:1,B:1000000:1");
  Simulator simulator(
      workload, {}, [] { return make_policy("fcfs", {}); }, clock);
  int steps = 0;
  while (simulator.step()) {
    ++steps;
  }
  EXPECT_EQ(steps, 4);
}

TEST(Simulator, WithoutJobsThereIsNoStep) {
  ManualClock clock;
  const Workload none;
  Simulator simulator(
      none, {}, [] { return make_policy("fcfs", {}); }, clock);
  EXPECT_FALSE(simulator.step());
}

// Switching between threads costs less than between processes. [C-016]
TEST(Simulator, ASwitchWithinAProcessCostsTheThreadPrice) {
  const Machine machine = {.process_switch = 3 * kUnit,
                           .thread_switch = 1 * kUnit};
  const std::string_view threads = "A:0:1:process=7,B:0:1:process=7,C:0:1";
  EXPECT_EQ(rows(threads, "fcfs", {}, machine), Rows{"A.B...C"});
  const Experiment run(threads, "fcfs", {}, machine);
  EXPECT_EQ(run.usage().thread_switches, 1u);
  EXPECT_EQ(run.usage().process_switches, 1u);
}

TEST(Simulator, AJobThatComesBackToItsCpuPaysNothing) {
  EXPECT_EQ(rows("A:0:1+2+1", "fcfs", {}, {.process_switch = 3 * kUnit}),
            Rows{"A..A"});
}

TEST(Simulator, ASwitchIsNotInterruptedAndItsJobMayLoseTheCpuUnrun) {
  const Workload workload = parse_workload("A:0:1,L:0:9,S:2:1");
  EXPECT_EQ(cpu_rows(workload, "stcf", {}, {.process_switch = 2 * kUnit}),
            Rows{"A....S..LLLLLLLLL"});
  const Experiment run(workload, "stcf", {}, {.process_switch = 2 * kUnit});
  EXPECT_EQ(run.waiting(), (std::vector<int64_t>{0, 8, 3}));
  EXPECT_EQ(run.usage().preemptions, 0u) << "L had not begun";
}

TEST(Simulator, JobsAreDealtOutLikeCardsAndStay) {
  EXPECT_EQ(rows("A:0:5,B:0:1,C:0:1,D:0:1", "fcfs", {},
                 {.cpus = 2, .queues = Queues::kOneEach}),
            (Rows{"AAAAAC", "BD"}))
      << "C waits for A although the other CPU is idle";
}

TEST(Simulator, AnIdleCpuStealsFromTheNextInACircle) {
  const Machine machine = {.cpus = 3, .queues = Queues::kStealing};
  const std::string_view text = "A:0:5,B:0:5,C:0:1,D:0:2,E:0:2";
  EXPECT_EQ(rows(text, "fcfs", {}, machine), (Rows{"AAAAA", "BBBBB", "CDDEE"}));
  EXPECT_EQ(Experiment(text, "fcfs", {}, machine).usage().steals, 2u);
}

TEST(SimulatorDeathTest, ABurstOfNothingIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const Workload workload = {{.name = "A", .bursts = {Duration::zero()}}};
  ManualClock clock;
  EXPECT_DEATH(Simulator(
                   workload, {}, [] { return make_policy("fcfs", {}); }, clock),
               "none of them empty");
}

}  // namespace
}  // namespace scheduler::cpu_sim
