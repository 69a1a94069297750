// demos/where_threads_run.cc - which CPU a thread has, and how many have one.
//
// Threads that only compute, with the global lock and without. Each looks all
// the time at the clock and asks which CPU it is on; where more than 0.2 ms are
// missing, it was off. Without the lock as many run at once as there are CPUs.
// With it one at a time does, and yet on one CPU now and on another then; where
// the system leaves them on one, --bind gives each its own. [C-028] [C-039]
// [C-040] [C-167]
//
//   bazel run //demos:where_threads_run
//   bazel run //demos:where_threads_run -- --bind
//   bazel run //demos:where_threads_run -- --gil=off --threads=1 --seconds=5
//   bazel run //demos:where_threads_run -- --topology
//
// Predict both utilisations. Expected: a histogram of the CPUs, and last
//   VERDICT C-039 wrong: ...
//   VERDICT C-167 wrong: ...
#include <cstddef>
#include <string>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/where_threads_run_slices.h"
#include "demos/where_threads_run_topology.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::print;

std::string percent(double share) {
  return support::fixed(100 * share, 0) + " %";
}

std::string names_of(const WhereRun& run) {
  std::string names;
  for (const auto& [cpu, share] : run.share_of_cpu) {
    names += (names.empty() ? "" : ", ") + std::to_string(cpu);
  }
  return names;
}

void show(const std::string& title, const WhereRun& run) {
  print(title + "\n");
  for (const auto& [cpu, share] : run.share_of_cpu) {
    print("  CPU " + std::to_string(cpu) + " " +
          std::string(static_cast<size_t>(share * 40), '#') + " " +
          percent(share) + "\n");
  }
  print("  two or more at once " + percent(run.overlap) + ", utilisation " +
        percent(run.utilisation) + ", moves between CPUs " +
        std::to_string(run.moves) + "\n\n");
}

// What this machine, now, did not let be seen.
std::string why_not() {
  return support::usable_cpus() < 2 ? "not shown: one CPU here: "
                                    : "not shown in this run: ";
}

void judge_off(const WhereRun& run, int threads, support::Verdicts& verdicts) {
  const std::string seen = "utilisation " + percent(run.utilisation) +
                           " on the CPUs " + names_of(run);
  if (threads == 1) {
    verdicts.add("C-028", (run.moves > 0 ? "imprecise: " : why_not()) +
                              ("one thread, one CPU at a time, " +
                               std::to_string(run.moves) + " moves, " + seen));
    return;
  }
  const bool parallel = run.share_of_cpu.size() >= 2 && run.overlap > 0.1;
  verdicts.add("C-039", (parallel ? "wrong: " : why_not()) +
                            (std::to_string(threads) + " threads ran at once " +
                             percent(run.overlap) + " of the time, " + seen));
  verdicts.add("C-040", (run.utilisation > 1.5 ? "true: " : why_not()) + seen);
}

void judge_on(const WhereRun& run, int threads, support::Verdicts& verdicts) {
  if (threads == 1) {
    return;  // nothing to take turns with
  }
  const bool shown = run.share_of_cpu.size() >= 2 && run.overlap < 0.01;
  verdicts.add("C-167",
               (shown ? "wrong: " : why_not()) +
                   (std::to_string(threads) +
                    " threads under the lock ran on "
                    "the CPUs " +
                    names_of(run) + ", two at once " + percent(run.overlap) +
                    " of the time, utilisation " + percent(run.utilisation)));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("where_threads_run", [&] {
    std::vector<std::string> gil = {"on", "off"};
    int threads = 2;
    double seconds = 0.5;
    bool bound = false;
    bool topology = false;
    support::Flags flags("where_threads_run", "CPUs, threads and the lock");
    flags.choices("gil", &gil, gil, "with the global lock, without");
    flags.number("threads", &threads, 1, 64, "that compute");
    flags.decimal("seconds", &seconds, 0.05, 10, "for each run");
    flags.toggle("bind", &bound, "each thread to one CPU, in turn");
    flags.toggle("topology", &topology, "cores and hardware threads, no run");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::Verdicts verdicts;
    if (topology) {
      show_topology(verdicts);
      print(verdicts.text());
      return 0;
    }
    for (const std::string& state : gil) {
      gil_sim::Gil lock;
      gil_sim::NoGil no_lock;
      const bool on = state == "on";
      const WhereRun run = run_busy_threads(
          on ? static_cast<gil_sim::InterpreterLock&>(lock) : no_lock, threads,
          scheduler::seconds(seconds), bound);
      show("lock " + state +
               ", threads that compute: " + std::to_string(threads),
           run);
      (on ? judge_on : judge_off)(run, threads, verdicts);
    }
    print(verdicts.text());
    return 0;
  });
}
