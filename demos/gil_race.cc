// demos/gil_race.cc - the same work, by more threads and by more processes.
//
// Bytecode that only counts, dealt out to threads of one process and of
// several, under the global lock and without it. The lock belongs to a process:
// threads take turns, processes do not. [C-134] [C-135] [C-149] [C-155] [C-157]
// [C-147] [C-215]
//
//   bazel run //demos:gil_race
//   bazel run //demos:gil_race -- --threads=1 --processes=1
//
// Predict the speed-up of two threads with the lock and without, and of two
// processes with two threads each. Expected: a table, and last
//   VERDICT C-157 true: ...
#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/gil_race_report.h"
#include "demos/support/child_tree.h"
#include "demos/support/flags.h"
#include "demos/support/machine.h"
#include "demos/support/run_demo.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter.h"
#include "gil_sim/no_gil.h"
#include "ipc/barrier.h"
#include "ipc/shared.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace demos {
namespace {

using support::print;

constexpr int kRuns = 3;

// A loop over a local variable, so that nobody writes where another reads.
gil_sim::Program counting(int threads, int laps) {
  std::string names;
  for (int i = 0; i < threads; ++i) {
    names += std::string(i > 0 ? " " : "") + static_cast<char>('A' + i);
  }
  return gil_sim::assemble("thread " + names + "\n" +
                           gil_sim::examples::repeated(laps / threads, ""));
}

// In this process: an interpreter with a lock of its own, or with neither lock
// nor check points.
void count(int threads, int laps, bool under_gil) {
  const gil_sim::Program program = counting(threads, laps);
  if (under_gil) {
    gil_sim::Gil lock;
    gil_sim::Interpreter(program, lock,
                         gil_sim::CheckPolicy::kBackwardJumpsAndCalls)
        .run();
  } else {
    gil_sim::NoGil none;
    gil_sim::Interpreter(program, none, gil_sim::CheckPolicy::kAwaitsOnly)
        .run();
  }
}

// Children that end with this program, however it ends.
void in_processes(int processes, const std::function<void()>& body) {
  std::deque<support::ChildTree> children;
  for (int i = 0; i < processes; ++i) {
    children.emplace_back(body);
  }
  for (support::ChildTree& child : children) {
    if (child.wait().exit_code != 0) {
      throw std::runtime_error("a process of the race has failed");
    }
  }
}

// All threads of all processes together make so many laps of the loop.
RaceRun run_once(const RaceRow& row, int laps) {
  auto& clock = scheduler::SteadyClock::instance();
  const auto begin = clock.now();
  const auto cpu = support::process_cpu_time();
  const auto body = [&] {
    count(row.threads, laps / row.processes, row.under_gil);
  };
  if (row.processes == 1) {
    body();
  } else {
    in_processes(row.processes, body);
  }
  return {
      .seconds = scheduler::in_seconds(clock.now() - begin),
      .cpu_seconds = scheduler::in_seconds(support::process_cpu_time() - cpu)};
}

// Whether a holder in each process can stand at one barrier at the same time,
// none of them letting go of its lock meanwhile.
bool holders_meet(int processes) {
  const ipc::Shared<ipc::Barrier> barrier(processes);
  in_processes(processes, [&] {
    gil_sim::Gil lock;
    const gil_sim::WithGil held(lock);
    try {
      barrier->wait(std::chrono::seconds(5));
    } catch (const scheduler::BrokenBarrierError&) {
      // seen by the parent, which asks
    }
  });
  return !barrier->broken();
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("gil_race", [&] {
    std::vector<int> threads = {1, 2, 4};
    std::vector<int> processes = {1, 2};
    std::vector<std::string> gil = {"on", "off"};
    int thousand_laps = 3000;
    support::Flags flags("gil_race", "CPU work with the lock and without");
    flags.numbers("threads", &threads, 1, 8, "threads of each process");
    flags.numbers("processes", &processes, 1, 16, "processes");
    flags.choices("gil", &gil, gil, "a lock for each process, or none");
    flags.number("laps", &thousand_laps, 100, 100'000,
                 "thousand laps of a loop, dealt out to all");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    Race race{.cpus = support::usable_cpus()};
    for (const std::string& lock : gil) {
      for (const int of_processes : processes) {
        for (const int of_threads : threads) {
          race.rows.push_back({.processes = of_processes,
                               .threads = of_threads,
                               .under_gil = lock == "on"});
        }
      }
    }
    // Each row once, and then all again, so that a neighbour who comes and goes
    // disturbs a run of each.
    for (int run = 0; run < kRuns; ++run) {
      for (RaceRow& row : race.rows) {
        row.runs.push_back(run_once(row, 1000 * thousand_laps));
      }
    }
    const int most = *std::max_element(processes.begin(), processes.end());
    if (most > 1) {
      race.locks = most;
      race.holders_met = holders_meet(most);
    }
    print(table_of(race) + "\n" + judge(race));
    return 0;
  });
}
