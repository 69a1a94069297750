// demos/switch_cost.cc - what does it cost to stop one and go on with another?
//
// Two processes, two threads, two green threads, two tasks, a generator and its
// caller: each pair takes turns on one CPU, and what that costs is CPU time.
// The documents say that processes cost more than threads because the memory
// space changes. They do; but by how much, and is that where the money goes?
// [C-016] [C-017] [C-029] [C-136] [C-137]
//
//   bazel run //demos:switch_cost
//   bazel run //demos:switch_cost -- --spawn
//   bazel run //demos:switch_cost -- --slice
//
// Predict the first column before you look: by which factor does a process cost
// more than a thread, a thread more than a coroutine? Expected: a table in
// microseconds, and last
//   VERDICT C-016 true: a switch of processes costs 1.1 times one of threads
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/statistics.h"
#include "demos/switch_cost_making.h"
#include "demos/switch_cost_ways.h"
#include "ipc/spawn.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::fixed;
using support::print;
using support::Spread;

// The rounds of different ways alternate, so that a busy moment of the machine
// meets all of them.
constexpr int kRounds = 9;

struct Way {
  const char* name;
  double (*us_each)(int count);
  int count;
};

std::vector<Spread> measure(const std::vector<Way>& ways) {
  std::vector<std::vector<double>> samples(ways.size());
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < ways.size(); ++i) {
      samples[i].push_back(ways[i].us_each(ways[i].count));
    }
  }
  std::vector<Spread> spreads;
  for (std::vector<double>& each : samples) {
    spreads.push_back(support::spread_of(std::move(each)));
  }
  return spreads;
}

std::string table_of(const std::vector<Way>& ways,
                     const std::vector<Spread>& spreads, const char* what) {
  support::Table table({what, "us", "lowest", "highest"});
  for (size_t i = 0; i < ways.size(); ++i) {
    table.add({ways[i].name, fixed(spreads[i].median, 3),
               fixed(spreads[i].low, 3), fixed(spreads[i].high, 3)});
  }
  return table.text() + "\n";
}

// Two that run in turns differ by their lowest values least by accident: what
// disturbs a round only ever adds.
std::string compared(const Spread& dear, const Spread& cheap,
                     const std::string& what, const std::string& more_than) {
  return (dear.low > cheap.low ? "true: " : "not shown: ") + what + " costs " +
         fixed(dear.low / cheap.low, 2) + " times " + more_than + " (" +
         fixed(dear.low, 3) + " and " + fixed(cheap.low, 3) + " us)";
}

void switches() {
  const std::vector<Way> ways = {{"processes", switch_process_us, 2000},
                                 {"threads", switch_thread_us, 2000},
                                 {"(pipe alone)", pipe_us, 2000},
                                 {"tasks of a loop", switch_task_us, 20'000},
                                 {"green threads", switch_green_us, 20'000},
                                 {"generator", switch_coroutine_us, 20'000}};
  const std::vector<Spread> costs = measure(ways);
  print(table_of(ways, costs, "a switch between"));
  support::Verdicts verdicts;
  verdicts.add("C-016", compared(costs[0], costs[1], "a switch of processes",
                                 "one of threads") +
                            "; of both, " + fixed(costs[2].low, 3) +
                            " us are the pipe that carries the turn");
  print(verdicts.text());
}

void creations() {
  const std::vector<Way> ways = {
      {"process, fork", make_fork_us, 20},
      {"process, fresh image", make_fresh_image_us, 5},
      {"thread", make_thread_us, 100},
      {"green thread", make_green_us, 2000},
      {"task of a loop", make_task_us, 2000},
      {"awaited coroutine", make_coroutine_us, 20'000}};
  const std::vector<Spread> costs = measure(ways);
  print(table_of(ways, costs, "to make, run, end"));
  const int64_t process = bytes_of_a_process();
  const int64_t thread = bytes_of_a_thread();
  support::Verdicts verdicts;
  verdicts.add("C-137", compared(costs[0], costs[2], "making a process by fork",
                                 "making a thread") +
                            "; a fresh image " +
                            fixed(costs[1].low / costs[2].low, 1) + " times");
  const std::string bytes = "one more that waits adds " +
                            std::to_string(process) +
                            " bytes if it is a process, " +
                            std::to_string(thread) + " if it is a thread";
  const bool lighter = thread < process && costs[2].low < costs[0].low;
  verdicts.add("C-029", (lighter ? "true: " : "not shown: ") + bytes);
  verdicts.add(
      "C-136",
      (lighter ? "true: " : "not shown: ") +
          ("memory times " +
           fixed(static_cast<double>(process) / static_cast<double>(thread),
                 1) +
           ", start times " + fixed(costs[0].low / costs[2].low, 1)));
  print(verdicts.text());
}

void slices() {
  constexpr double kSlicesUs[] = {3, 10, 30, 100, 1000, 10'000};
  constexpr double kTotalUs = 40'000;
  support::Table table({"slice us", "threads work %", "green threads work %"});
  std::vector<std::pair<double, double>> curve;
  for (const double slice : kSlicesUs) {
    const auto length = scheduler::seconds(slice * 1e-6);
    const auto total = scheduler::seconds(kTotalUs * 1e-6);
    curve.emplace_back(useful_share_of_threads(length, total),
                       useful_share_of_green_threads(length, total));
    table.add({support::plain(slice), fixed(100 * curve.back().first, 1),
               fixed(100 * curve.back().second, 1)});
  }
  print(table.text() + "\n");
  const double shortest = curve.front().first;
  const double longest = curve.back().first;
  print(
      support::verdict(
          "C-017",
          (shortest < longest ? "true: " : "not shown: ") +
              ("threads that switch every " + support::plain(kSlicesUs[0]) +
               " us work for " + fixed(100 * shortest, 0) +
               " % of the CPU time, every " +
               support::plain(kSlicesUs[std::size(kSlicesUs) - 1]) +
               " us for " + fixed(100 * longest, 0) + " %; green threads for " +
               fixed(100 * curve.front().second, 0) + " and " +
               fixed(100 * curve.back().second, 0) + " %")) +
      "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  ipc::run_if_spawned(argc, argv);  // the fresh images of --spawn begin here
  using namespace demos;
  return support::run_demo("switch_cost", [&] {
    bool spawn = false;
    bool slice = false;
    support::Flags flags("switch_cost",
                         "what a switch costs, and who makes it");
    flags.toggle("spawn", &spawn, "the cost of making one, instead");
    flags.toggle("slice", &slice, "work done against length of turn, instead");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    // Waking another CPU costs more than any switch.
    support::stay_on_cpus(1);
    if (!spawn && !slice) {
      switches();
    }
    if (spawn) {
      creations();
    }
    if (slice) {
      slices();
    }
    return 0;
  });
}
