// Every policy against the naive kernel: who is on which CPU in every unit, for
// random workloads, knobs and machines.
#include <algorithm>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/scheduler/cpu_sim/naive_kernel.h"
#include "tests/scheduler/cpu_sim/run.h"

namespace scheduler::cpu_sim {
namespace {

class Differential : public testing::TestWithParam<std::string_view> {};

struct Case {
  Workload workload;
  Knobs knobs;
  Machine machine;
};

// Small numbers, so that many things happen at the same instant.
Case random_case(uint64_t seed) {
  std::mt19937_64 dice(seed);
  const auto draw = [&](int low, int high) {
    return low +
           static_cast<int>(dice() % static_cast<uint64_t>(high - low + 1));
  };
  Case result;
  result.workload = random_workload(seed, {.jobs = draw(1, 12),
                                           .arrivals = draw(0, 30) * kUnit,
                                           .longest_burst = draw(1, 15) * kUnit,
                                           .priorities = draw(1, 4),
                                           .shares = draw(1, 4)});
  for (size_t i = 0; i < result.workload.size(); ++i) {
    result.workload[i].name = static_cast<char>('A' + i);
    result.workload[i].process = draw(-1, 2);
  }
  result.knobs = {.quantum = draw(1, 4) * kUnit,
                  .age_step = draw(0, 10) * kUnit,
                  .levels = draw(1, 4),
                  .boost = draw(0, 25) * kUnit,
                  .seed = seed};
  result.machine = {.cpus = draw(1, 4),
                    .queues = static_cast<Queues>(draw(0, 2)),
                    .process_switch = draw(0, 2) * kUnit,
                    .thread_switch = draw(0, 1) * kUnit};
  return result;
}

TEST_P(Differential, AgreesWithTheNaiveKernelInEveryUnitOfTime) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const Case c = random_case(seed);
    const auto rows = cpu_rows(c.workload, GetParam(), c.knobs, c.machine);
    ASSERT_EQ(rows, naive_rows(c.workload, GetParam(), c.knobs, c.machine))
        << "seed " << seed << ": " << text_of(c.workload) << "\nquantum "
        << text_of(c.knobs.quantum) << " age_step " << text_of(c.knobs.age_step)
        << " levels " << c.knobs.levels << " boost " << text_of(c.knobs.boost)
        << " cpus " << c.machine.cpus << " queues "
        << static_cast<int>(c.machine.queues) << " switch "
        << text_of(c.machine.process_switch) << " "
        << text_of(c.machine.thread_switch);
  }
}

INSTANTIATE_TEST_SUITE_P(AllPolicies, Differential,
                         testing::ValuesIn(kPolicyNames),
                         [](const auto& policy) {
                           return std::string(policy.param);
                         });

}  // namespace
}  // namespace scheduler::cpu_sim
