#include "scheduler/cpu_sim/policies.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "scheduler/cpu_sim/fair_share.h"
#include "scheduler/cpu_sim/first_come.h"
#include "scheduler/cpu_sim/lottery.h"
#include "scheduler/cpu_sim/mlfq.h"
#include "scheduler/cpu_sim/priority.h"
#include "scheduler/cpu_sim/shortest.h"

namespace scheduler::cpu_sim {

std::unique_ptr<Policy> make_policy(std::string_view name, const Knobs& knobs) {
  if (name == "fcfs") {
    return std::make_unique<Fcfs>();
  }
  if (name == "sjf") {
    return std::make_unique<Sjf>();
  }
  if (name == "stcf") {
    return std::make_unique<Stcf>();
  }
  if (name == "rr") {
    return std::make_unique<RoundRobin>(knobs.quantum);
  }
  if (name == "priority") {
    return std::make_unique<Priority>(knobs.quantum, knobs.age_step);
  }
  if (name == "mlfq") {
    return std::make_unique<Mlfq>(knobs.levels, knobs.quantum, knobs.boost);
  }
  if (name == "lottery") {
    return std::make_unique<Lottery>(knobs.quantum, knobs.seed);
  }
  if (name == "fair") {
    return std::make_unique<FairShare>(knobs.quantum);
  }
  std::string known;
  for (const std::string_view policy : kPolicyNames) {
    known += (known.empty() ? "" : ", ") + std::string(policy);
  }
  throw std::invalid_argument("no policy '" + std::string(name) +
                              "'; there are " + known);
}

std::function<std::unique_ptr<Policy>()> policies_by_name(std::string name,
                                                          Knobs knobs) {
  return [name = std::move(name), knobs]() mutable {
    std::unique_ptr<Policy> policy = make_policy(name, knobs);
    ++knobs.seed;
    return policy;
  };
}

}  // namespace scheduler::cpu_sim
