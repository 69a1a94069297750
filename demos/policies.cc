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
#include <cstdint>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "demos/policies_sweep.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
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

const std::vector<std::string> kQueues = {"shared", "one-each", "stealing"};

// Each slice is an entry of the chart.
constexpr int64_t kMostSlices = 1'000'000;

// Shorter ones would only make the chart longer than memory.
constexpr scheduler::Duration kShortestQuantum = kUnit / 100;

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
  Simulator simulator(workload, machine, policies_by_name(policy, knobs), clock,
                      draw ? &timeline : nullptr);
  simulator.run();
  if (draw) {
    support::print(policy + "\n" +
                   draw_gantt(timeline.lanes(), timeline.slices()) + "\n");
  }
  return measure(simulator);
}

void compare(const Options& options) {
  const Workload workload = workload_of(options);
  support::print("--jobs=" + text_of(workload) + "\n\n");
  support::Table table(kHeadings);
  for (const std::string& policy : options.policies) {
    table.add(row_of(policy, run(workload, policy, options.knobs,
                                 options.machine, /*draw=*/true)));
  }
  support::print(std::string(scheduler::gantt_legend()) + "\n\n" +
                 table.text() + "\n");

  support::Table sweep(kHeadings);
  std::vector<Metrics> by_quantum;
  for (const int quantum : {1, 2, 5, 10, 100}) {
    Knobs knobs = options.knobs;
    knobs.quantum = quantum * kUnit;
    by_quantum.push_back(run(workload, "rr", knobs, options.machine));
    sweep.add(
        row_of("rr, quantum " + std::to_string(quantum), by_quantum.back()));
  }
  support::print(sweep.text() + "\n");
  const Metrics& often = by_quantum.front();
  const Metrics& rarely = by_quantum.back();
  support::print(
      support::verdict("C-017",
                       often.switching > rarely.switching
                           ? "true: quantum 1 spends " +
                                 fixed(100 * often.switching, 0) +
                                 " % of the CPU on switching, quantum 100 " +
                                 fixed(100 * rarely.switching, 0) +
                                 " %; the first answer comes after " +
                                 fixed(often.response, 1) + " and " +
                                 fixed(rarely.response, 1)
                           : "not shown: here a shorter quantum costs no more; "
                             "try --switch-cost=1") +
      "\n");
}

// How many slices the jobs may be cut into, if one of the runs is by quantum:
// the last table begins with a quantum of one unit.
int64_t most_slices(const Options& options) {
  const auto shortest = std::min(options.knobs.quantum, kUnit);
  int64_t slices = 0;
  for (const JobSpec& job : workload_of(options)) {
    for (size_t i = 0; i < job.bursts.size() && slices <= kMostSlices; i += 2) {
      slices += (job.bursts[i] + shortest - scheduler::Duration(1)) / shortest;
    }
  }
  return slices;
}

std::optional<int> parse(int argc, char** argv, Options& options) {
  support::Flags flags("policies", "the same jobs under several policies");
  flags.choices("policy", &options.policies,
                {kPolicyNames.begin(), kPolicyNames.end()},
                "one after another");
  flags.parsed(
      "jobs", "TEXT",
      [&](std::string_view text) {
        options.jobs = text;
        workload_of(options);
      },
      "NAME:ARRIVAL:CPU+I/O+CPU,... or how many by the seed",
      "jobs, or from 1 to 1000", options.jobs);
  flags.parsed(
      "quantum", "X",
      [&](std::string_view text) {
        options.knobs.quantum = parse_units(text);
        if (options.knobs.quantum < kShortestQuantum) {
          throw std::invalid_argument("accepted: " + text_of(kShortestQuantum) +
                                      " to 9999999");
        }
      },
      "units of time until the system interrupts",
      text_of(kShortestQuantum) + " to 9999999",
      text_of(options.knobs.quantum));
  flags.parsed(
      "switch-cost", "X",
      [&](std::string_view text) {
        options.machine.process_switch = parse_units(text);
        options.machine.thread_switch = options.machine.process_switch / 2;
      },
      "units of time per process switch; threads pay half", "0 to 9999999",
      text_of(options.machine.process_switch));
  flags.number("cpus", &options.machine.cpus, 1, 1000, "CPUs");
  flags.parsed(
      "queues", "WAY",
      [&](std::string_view text) {
        const auto way = std::find(kQueues.begin(), kQueues.end(), text);
        if (way == kQueues.end()) {
          throw std::invalid_argument("accepted: shared, one-each or stealing");
        }
        options.machine.queues = static_cast<Queues>(way - kQueues.begin());
      },
      "of several CPUs: one for all, one each, or one each and the idle steal",
      "shared, one-each, stealing", kQueues.front());
  int seed = static_cast<int>(options.knobs.seed);
  flags.number("seed", &seed, 0, 1'000'000, "of the lottery and of --jobs=N");
  flags.toggle("sweep", &options.sweep,
               "from 10^3 to 10^6 jobs: what it costs");
  const auto code = flags.parse(argc, argv);
  options.knobs.seed = static_cast<uint64_t>(seed);
  if (!code && !options.sweep && most_slices(options) > kMostSlices) {
    std::cerr << "policies: --jobs and --quantum: more than " +
                     std::to_string(kMostSlices) +
                     " slices; accepted: shorter bursts of the CPU, or a "
                     "longer quantum (the last table has one of 1)\n";
    return 2;
  }
  return code;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("policies", [&] {
    Options options;
    if (const auto code = parse(argc, argv, options)) {
      return *code;
    }
    if (options.sweep) {
      sweep_policies(options.policies, options.knobs, options.machine);
    } else {
      compare(options);
    }
    return 0;
  });
}
