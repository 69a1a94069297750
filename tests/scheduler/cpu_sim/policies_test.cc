// The promises of scheduler/cpu_sim/policies.h, and of each policy by itself:
// what the differential test cannot say in a sentence.
#include "scheduler/cpu_sim/policies.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/cpu_sim/fair_share.h"
#include "scheduler/cpu_sim/lottery.h"
#include "scheduler/cpu_sim/mlfq.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

// Eight jobs of one share each: the same seed would draw them in one order.
TEST(Policies, TheLotteriesOfSeveralQueuesDrawDifferently) {
  const Workload workload =
      parse_workload("A:0:1,B:0:1,C:0:1,D:0:1,E:0:1,F:0:1,G:0:1,H:0:1");
  const auto make = policies_by_name("lottery", {});
  const auto order = [&] {
    const std::unique_ptr<Policy> lottery = make();
    std::vector<Job> jobs;
    jobs.reserve(workload.size());
    for (const JobSpec& spec : workload) {
      jobs.push_back(new_job(spec, static_cast<TaskId>(jobs.size())));
      lottery->push(jobs.back(), Entry::kArrived, TimePoint{});
    }
    std::string names;
    while (!lottery->empty()) {
      names += lottery->pop().spec->name;
    }
    return names;
  };
  const std::string first = order();
  EXPECT_NE(order(), first);
}

// I1
TEST(Policies, EveryNameGivesAPolicyThatIsEmptyAtFirst) {
  for (const std::string_view name : kPolicyNames) {
    EXPECT_TRUE(make_policy(name, {})->empty()) << name;
  }
}

TEST(Policies, AnUnknownNameIsRefusedWithTheKnownOnes) {
  try {
    make_policy("random", {});
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()),
              "no policy 'random'; there are fcfs, sjf, stcf, rr, priority, "
              "mlfq, lottery, fair");
  }
}

TEST(PoliciesDeathTest, AQuantumOfNothingIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  for (const char* const name : {"rr", "priority", "mlfq", "lottery", "fair"}) {
    EXPECT_DEATH(make_policy(name, {.quantum = {}}), "longer than nothing");
  }
}

// I4
TEST(Mlfq, ABoostBringsEveryLevelToTheTopInOrder) {
  constexpr Duration kQuantum = 1 * kUnit;
  Mlfq mlfq(3, kQuantum, 100 * kUnit);
  const Workload specs = parse_workload("A:0:9,B:0:9,C:0:9");
  std::array<Job, 3> jobs;
  for (size_t i = 0; i < jobs.size(); ++i) {
    jobs[i] = new_job(specs[i], static_cast<TaskId>(i));
    // Job i has used up i levels.
    for (size_t level = 0; level < i; ++level) {
      mlfq.push(jobs[i], Entry::kExpired, TimePoint{});
      mlfq.charge(mlfq.pop(), kQuantum * (1 << level));
    }
  }
  mlfq.push(jobs[2], Entry::kExpired, TimePoint{});
  mlfq.push(jobs[1], Entry::kExpired, TimePoint{});
  mlfq.push(jobs[0], Entry::kArrived, TimePoint{});
  EXPECT_EQ(mlfq.level_of(jobs[2]), 2);
  EXPECT_EQ(mlfq.level_of(jobs[1]), 1);
  EXPECT_EQ(mlfq.next_boost(), TimePoint(100 * kUnit));

  mlfq.boost(TimePoint(250 * kUnit));
  EXPECT_EQ(mlfq.level_of(jobs[2]), 0);
  EXPECT_EQ(mlfq.next_boost(), TimePoint(300 * kUnit))
      << "boosts that were missed are not made up for";
  EXPECT_EQ(&mlfq.pop(), &jobs[0]);
  EXPECT_EQ(&mlfq.pop(), &jobs[1]);
  EXPECT_EQ(&mlfq.pop(), &jobs[2]);
  EXPECT_TRUE(mlfq.empty());
}

// Over many draws each job wins in proportion to its tickets.
TEST(Lottery, TurnsAreInProportionToTickets) {
  Lottery lottery(1 * kUnit, 42);
  const Workload specs =
      parse_workload("A:0:1:share=1,B:0:1:share=2,C:0:1:share=3,D:0:1:share=4");
  std::array<Job, 4> jobs;
  for (size_t i = 0; i < jobs.size(); ++i) {
    jobs[i] = new_job(specs[i], static_cast<TaskId>(i));
    lottery.push(jobs[i], Entry::kArrived, TimePoint{});
  }
  std::array<int, 4> wins{};
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    Job& winner = lottery.pop();
    ++wins[winner.id];
    lottery.push(winner, Entry::kExpired, TimePoint{});
  }
  for (size_t i = 0; i < wins.size(); ++i) {
    // Six standard deviations of the widest of the four.
    EXPECT_NEAR(wins[i], kDraws / 10 * (static_cast<int>(i) + 1), 930);
  }
}

TEST(Lottery, AnotherSeedGivesAnotherRun) {
  const Workload workload = random_workload(1, {.jobs = 30});
  const auto with = [&](uint64_t seed) {
    return Experiment(workload, "lottery", {.seed = seed}).finished();
  };
  EXPECT_EQ(with(1), with(1));
  EXPECT_NE(with(1), with(2));
}

// A job that is taken over by another queue is judged by what it has had
// compared to the others there, not by how long that queue has been at work.
TEST(FairShare, AJobThatMovesKeepsItsDistanceToTheFront) {
  const Workload specs = parse_workload("A:0:1000,B:0:5");
  Job old = new_job(specs[0], 0);
  Job moves = new_job(specs[1], 1);
  FairShare busy(1 * kUnit);
  FairShare fresh(1 * kUnit);
  busy.push(old, Entry::kArrived, TimePoint{});
  busy.charge(busy.pop(), 500 * kUnit);
  busy.push(moves, Entry::kArrived, TimePoint{});
  EXPECT_EQ(moves.vruntime, 502 * kUnit)
      << "the front, and a first quantum in advance";
  busy.leave(busy.pop());
  fresh.join(moves);
  EXPECT_EQ(moves.vruntime, Duration::zero())
      << "it was chosen, so the front of its queue stood where it stood";
}

// What was slept is not made up for.
TEST(FairShare, ASleeperDoesNotClaimWhatItMissed) {
  const auto rows = cpu_rows(parse_workload("S:0:1+20+9,C:0:30"), "fair",
                             {.quantum = 1 * kUnit});
  EXPECT_EQ(rows[0].substr(0, 2), "SC");
  // After 21 units alone, C shares the CPU with it turn by turn from then on.
  EXPECT_EQ(rows[0].substr(21, 16), "SCSCSCSCSCSCSCSC");
}

// The new jobs want twice what the CPU has. There are ever more of them, so
// turns become rare for all; but the old one gets its turns like the others.
TEST(FairShare, AStreamOfNewJobsDoesNotStarveAnOldOne) {
  Workload workload = parse_workload("V:0:6");
  for (int i = 0; i < 400; ++i) {
    workload.push_back(
        {.name = "n", .arrival = i * kUnit, .bursts = {2 * kUnit}, .share = 2});
  }
  EXPECT_LT(Experiment(workload, "fair").finished()[0], 400);
}

}  // namespace
}  // namespace scheduler::cpu_sim
