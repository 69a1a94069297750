// The oracle of cpu_sim: the same rules, one unit of time after the other.
//
// Nothing here is clever. The ready jobs are a list in order of joining, each
// choice looks through all of it, ageing is counted by subtracting, a boost
// changes every job, and each CPU counts its units down. What it shares with
// the simulator is the text of the rules, not a line of code.
#ifndef TESTS_SCHEDULER_CPU_SIM_NAIVE_KERNEL_H_
#define TESTS_SCHEDULER_CPU_SIM_NAIVE_KERNEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"

namespace scheduler::cpu_sim {

// One row per CPU, a letter per unit, as cpu_rows() in run.h. All times of the
// workload, the knobs and the machine are whole units.
std::vector<std::string> naive_rows(const Workload& workload,
                                    std::string_view policy, const Knobs& knobs,
                                    const Machine& machine);

}  // namespace scheduler::cpu_sim

#endif  // TESTS_SCHEDULER_CPU_SIM_NAIVE_KERNEL_H_
