// demos/policies.cc - the same jobs under one policy after the other.
//
// One CPU, several jobs: who goes first? First come is just and makes short
// jobs wait; the shortest first is quick on average and lets long ones starve;
// taking turns answers soon, and pays for it at every switch. [C-017]
//
//   bazel run //demos:policies
//   bazel run //demos:policies -- --jobs=A:0:100,B:10:10,C:10:10 --policy=stcf
//   bazel run //demos:policies -- --sweep --policy=rr,fair --cpus=1000
//
// Expected: a chart for each policy, a table of all, and last
//   VERDICT C-017 true: ...
#include "scheduler/cpu_sim/policies.h"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/policies_sweep.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"

namespace demos {
namespace {

using namespace scheduler::cpu_sim;
using support::fixed;

struct Options {
  std::vector<std::string> policies = {"fcfs", "sjf", "rr", "mlfq", "lottery"};
  std::string jobs = "A:0:16,B:1:3+5+3+5+3,C:2:8,D:6:2";
  Knobs knobs;
  Machine machine = {.process_switch = kUnit / 4};
  bool sweep = false;
};

// "--jobs=20" makes up that many, by the seed.
Workload workload_of(const Options& options) {
  int count = 0;
  const char* const end = options.jobs.data() + options.jobs.size();
  const bool number =
      std::from_chars(options.jobs.data(), end, count).ptr == end;
  if (number && (count < 1 || count > 1000)) {
    throw std::invalid_argument("accepted: jobs, or from 1 to 1000 by seed");
  }
  return number ? random_workload(options.knobs.seed, {.jobs = count})
                : parse_workload(options.jobs);
}

std::vector<std::string> row_of(const std::string& name, const Metrics& m) {
  return {name,
          fixed(m.turnaround, 1),
          fixed(m.response, 1),
          fixed(m.worst_response, 1),
          fixed(m.fairness, 2),
          fixed(100 * m.utilisation, 0),
          fixed(100 * m.switching, 0),
          fixed(m.length, 1)};
}

const std::vector<std::string> kHeadings = {
    "policy", "turnaround", "response", "worst",
    "fair",   "busy %",     "switch %", "length"};

Metrics run(const Workload& workload, const std::string& policy,
            const Knobs& knobs, const Machine& machine, bool draw = false) {
  scheduler::ManualClock clock;
  scheduler::Timeline timeline(clock);
  Simulator simulator(
      workload, machine, [&] { return make_policy(policy, knobs); }, clock,
      draw ? &timeline : nullptr);
  simulator.run();
  if (draw) {
    std::cout << policy << "\n"
              << draw_gantt(timeline.lanes(), timeline.slices()) << "\n";
  }
  return measure(simulator);
}

void compare(const Options& options) {
  const Workload workload = workload_of(options);
  std::cout << "--jobs=" << text_of(workload) << "\n\n";
  support::Table table(kHeadings);
  for (const std::string& policy : options.policies) {
    table.add(row_of(policy, run(workload, policy, options.knobs,
                                 options.machine, /*draw=*/true)));
  }
  std::cout << scheduler::gantt_legend() << "\n\n" << table.text() << "\n";

  support::Table sweep(kHeadings);
  std::vector<Metrics> by_quantum;
  for (const int quantum : {1, 2, 5, 10, 100}) {
    Knobs knobs = options.knobs;
    knobs.quantum = quantum * kUnit;
    by_quantum.push_back(run(workload, "rr", knobs, options.machine));
    sweep.add(
        row_of("rr, quantum " + std::to_string(quantum), by_quantum.back()));
  }
  std::cout << sweep.text() << "\n";
  const Metrics& often = by_quantum.front();
  const Metrics& rarely = by_quantum.back();
  std::cout << support::verdict(
                   "C-017",
                   often.switching > rarely.switching
                       ? "true: quantum 1 spends " +
                             fixed(100 * often.switching, 0) +
                             " % of the CPU on switching, quantum 100 " +
                             fixed(100 * rarely.switching, 0) +
                             " %; the first answer comes after " +
                             fixed(often.response, 1) + " and " +
                             fixed(rarely.response, 1)
                       : "not shown: here a shorter quantum costs no more; "
                         "try --switch-cost=1")
            << std::endl;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  Options options;
  support::Flags flags("policies", "the same jobs under several policies");
  flags.choices("policy", &options.policies,
                {kPolicyNames.begin(), kPolicyNames.end()}, "policies");
  flags.parsed(
      "jobs", "TEXT",
      [&](std::string_view text) {
        options.jobs = text;
        workload_of(options);
      },
      "NAME:ARRIVAL:CPU+I/O+CPU,... or how many by seed");
  flags.parsed(
      "quantum", "X",
      [&](std::string_view text) {
        options.knobs.quantum = parse_units(text);
        if (options.knobs.quantum == scheduler::Duration::zero()) {
          throw std::invalid_argument("accepted: more than zero");
        }
      },
      "units of time until the system interrupts");
  flags.parsed(
      "switch-cost", "X",
      [&](std::string_view text) {
        options.machine.process_switch = parse_units(text);
        options.machine.thread_switch = options.machine.process_switch / 2;
      },
      "units of time per process switch; threads pay half");
  flags.number("cpus", &options.machine.cpus, 1, 1000, "CPUs");
  int seed = 1;
  flags.number("seed", &seed, 0, 1'000'000, "of the lottery and of --jobs=N");
  flags.toggle("sweep", &options.sweep,
               "from 10^3 to 10^6 jobs: what it costs");
  if (const auto exit_code = flags.parse(argc, argv)) {
    return *exit_code;
  }
  options.knobs.seed = static_cast<uint64_t>(seed);
  if (options.sweep) {
    sweep_policies(options.policies, options.knobs, options.machine);
  } else {
    compare(options);
  }
}
