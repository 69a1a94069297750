// scheduler/cpu_sim/policies.h - all policies, by name.
//
// CONCEPT     A demo, a sweep and a benchmark compare all of them, so there is
//             one list with one set of knobs; each policy turns those it has.
// INVARIANTS  I1. make_policy knows every name in kPolicyNames, and no other.
// THREADS     A function of its arguments.
// OWNERSHIP   The caller owns the policy.
// ERRORS      std::invalid_argument (ValueError) for an unknown name, listing
//             the known ones; knobs out of range are the policy's assert.
#ifndef SCHEDULER_CPU_SIM_POLICIES_H_
#define SCHEDULER_CPU_SIM_POLICIES_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policy.h"

namespace scheduler::cpu_sim {

inline constexpr std::array<std::string_view, 8> kPolicyNames = {
    "fcfs", "sjf", "stcf", "rr", "priority", "mlfq", "lottery", "fair"};

struct Knobs {
  Duration quantum = 2 * kUnit;    // rr, priority, mlfq, lottery, fair
  Duration age_step = 20 * kUnit;  // priority; zero: no ageing
  int levels = 3;                  // mlfq
  Duration boost = 100 * kUnit;    // mlfq; zero: never
  uint64_t seed = 1;               // lottery
};

std::unique_ptr<Policy> make_policy(std::string_view name, const Knobs& knobs);

// One after the other, for CPUs with a queue each: the lotteries draw from
// seeds that follow each other, or all would draw the same tickets.
std::function<std::unique_ptr<Policy>()> policies_by_name(std::string name,
                                                          Knobs knobs);

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_POLICIES_H_
