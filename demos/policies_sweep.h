// demos/policies_sweep.h - what an event costs as the jobs grow a thousandfold.
#ifndef DEMOS_POLICIES_SWEEP_H_
#define DEMOS_POLICIES_SWEEP_H_

#include <string>
#include <vector>

#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"

namespace demos {

// Runs each policy with 10^3 to 10^6 jobs by seed and prints one row each. The
// workload by seed is made for `machine.cpus`: they are given eight times the
// work that they can do while jobs arrive, so the queues are long.
void sweep_policies(const std::vector<std::string>& policies,
                    const scheduler::cpu_sim::Knobs& knobs,
                    const scheduler::cpu_sim::Machine& machine);

}  // namespace demos

#endif  // DEMOS_POLICIES_SWEEP_H_
