// Some by hand; then jobs by seed: no policy is faster, and where the fastest
// is known - one job, one CPU and no device, equal jobs on equal CPUs - it is
// met.
#include "exercises/fastest.h"

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"

namespace exercises {
namespace {

using namespace scheduler::cpu_sim;
using scheduler::Duration;

// When the last job has ended.
Duration end_under(std::string_view policy, const Workload& jobs, int cpus) {
  scheduler::ManualClock clock;
  Simulator simulator(
      jobs, {.cpus = cpus}, [&] { return make_policy(policy, {}); }, clock);
  simulator.run();
  return clock.now() - scheduler::TimePoint();
}

Duration fastest_of(const std::string& jobs, int cpus) {
  return fastest(parse_workload(jobs), cpus);
}

TEST(Fastest, OneJobTakesWhatItTakesOnHoweverManyCpus) {
  EXPECT_EQ(fastest_of("A:0:3+5+2", 1), 10 * kUnit);
  EXPECT_EQ(fastest_of("A:4:3+5+2", 8), 14 * kUnit);
}

TEST(Fastest, WorkIsSharedByTheCpusAndWaitingIsNotWork) {
  EXPECT_EQ(fastest_of("A:0:4,B:0:4,C:0:4,D:0:4", 2), 8 * kUnit);
  EXPECT_EQ(fastest_of("A:0:1+9+1,B:0:1+9+1", 1), 11 * kUnit);
}

TEST(Fastest, WhatComesLateCannotBeDoneBefore) {
  EXPECT_EQ(fastest_of("A:0:1,B:10:3,C:10:3", 1), 16 * kUnit);
}

class Jobs {
 public:
  explicit Jobs(unsigned seed) : random_(seed) {}

  int roll(int low, int high) {
    return low +
           static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
  }
  Workload some(int count, int most_waits, int latest) {
    Workload jobs;
    for (int i = 0; i < count; ++i) {
      JobSpec job;
      job.name = std::string(1, static_cast<char>('A' + i));
      job.arrival = roll(0, latest) * kUnit;
      job.bursts = {roll(1, 8) * kUnit};
      for (int waits = roll(0, most_waits); waits > 0; --waits) {
        job.bursts.push_back(roll(1, 9) * kUnit);
        job.bursts.push_back(roll(1, 8) * kUnit);
      }
      jobs.push_back(job);
    }
    return jobs;
  }

 private:
  std::mt19937 random_;
};

TEST(Fastest, NoPolicyIsFaster) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Jobs dice(seed);
    const Workload jobs = dice.some(dice.roll(1, 8), 2, 15);
    const int cpus = dice.roll(1, 4);
    for (const std::string_view policy : kPolicyNames) {
      ASSERT_LE(fastest(jobs, cpus), end_under(policy, jobs, cpus))
          << policy << " on " << cpus << " CPUs, seed " << seed << ": "
          << text_of(jobs);
    }
  }
}

TEST(Fastest, IsMetWhereTheFastestIsKnown) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Jobs dice(seed);
    const Workload one = dice.some(1, 3, 15);
    ASSERT_EQ(fastest(one, 2), end_under("fcfs", one, 2)) << text_of(one);
    // A CPU that always works when there is work is as fast as can be.
    const Workload computing = dice.some(dice.roll(1, 8), 0, 30);
    ASSERT_EQ(fastest(computing, 1), end_under("fcfs", computing, 1))
        << text_of(computing);
    const int cpus = dice.roll(1, 4);
    Workload equal(static_cast<size_t>(cpus * dice.roll(1, 3)),
                   dice.some(1, 0, 9).front());
    ASSERT_EQ(fastest(equal, cpus), end_under("fcfs", equal, cpus))
        << text_of(equal) << " on " << cpus << " CPUs";
  }
}

}  // namespace
}  // namespace exercises
