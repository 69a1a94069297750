// demos/speed_knobs.cc - what makes which program faster?
//
// The documents call a program CPU-bound if its time follows the speed of the
// processor, and I/O-bound if it follows that of the answers. So turn the two
// knobs and look: a sum, and ten questions one after another. Two more knobs
// do not fit in: memory, which the documents count among I/O and the system
// among CPU time, and a disk, which is I/O only while it must be read.
// [C-054] [C-056] [C-057] [C-197] [C-227]
//
//   bazel run //demos:speed_knobs
//   bazel run //demos:speed_knobs -- --knob=cpu --cpu=100,50,20
//   bazel run //demos:speed_knobs -- --knob=fast
//
// Predict for each knob: which of the two programs notices? Expected: a table
// for each, and last lines such as
//   VERDICT C-054 true: with 25 % of a CPU the sum takes 4.0 times as long, ...
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/cell.h"
#include "demos/runners/runner.h"
#include "demos/speed_knobs_programs.h"
#include "demos/support/flags.h"
#include "demos/support/http_server.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/scratch_folder.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using support::fixed;
using support::print;
using support::Verdicts;

constexpr int kAnswers = 10;

std::string times(double value) {
  return fixed(value, 1) + " times";
}

std::string word(bool seen, std::string_view found) {
  return std::string(seen ? found : "not shown") + ": ";
}

// The best of three: what disturbs a run only ever adds.
Took best(const std::function<Took()>& program) {
  Took least = program();
  for (int i = 0; i < 2; ++i) {
    support::throw_if_interrupted();
    const Took took = program();
    least = took.wall_s < least.wall_s ? took : least;
  }
  support::throw_if_interrupted();
  return least;
}

struct Both {
  Took sum;
  Took waits;
};

Both run_both(double latency_ms) {
  return {best(add_numbers), best([&] {
            return wait_for_answers(kAnswers,
                                    scheduler::seconds(latency_ms * 1e-3));
          })};
}

std::vector<std::string> row_of(std::string setting, const Both& both) {
  return {std::move(setting), fixed(both.sum.wall_s * 1e3, 1),
          fixed(100 * both.sum.cpu_share(), 0),
          fixed(both.waits.wall_s * 1e3, 1),
          fixed(100 * both.waits.cpu_share(), 0)};
}

void turn_cpu(const std::vector<int>& shares, Verdicts& verdicts) {
  support::Table table(
      {"CPU share", "sum ms", "CPU %", "10 answers ms", "CPU %"});
  std::vector<Both> runs;
  for (const int share : shares) {
    const Rivals rivals(100 / share - 1);
    runs.push_back(run_both(5));
    table.add(row_of(std::to_string(share) + " %", runs.back()));
  }
  print(table.text() + "\n");
  if (runs.size() < 2) {
    return;  // nothing to compare with
  }
  const double sum = runs.back().sum.wall_s / runs.front().sum.wall_s;
  const double waits = runs.back().waits.wall_s / runs.front().waits.wall_s;
  verdicts.add("C-054",
               word(sum > 1.5 * waits, "true") + "with " +
                   std::to_string(shares.back()) + " % of a CPU instead of " +
                   std::to_string(shares.front()) + " % the sum takes " +
                   times(sum) + " as long, the answers " + times(waits));
}

void turn_latency(const std::vector<int>& latencies, Verdicts& verdicts) {
  support::Table table(
      {"latency ms", "sum ms", "CPU %", "10 answers ms", "CPU %"});
  std::vector<Both> runs;
  for (const int latency : latencies) {
    runs.push_back(run_both(latency));
    table.add(row_of(std::to_string(latency), runs.back()));
  }
  print(table.text() + "\n");
  if (runs.size() < 2) {
    return;  // nothing to compare with
  }
  const double sum = runs.back().sum.wall_s / runs.front().sum.wall_s;
  const double waits = runs.back().waits.wall_s / runs.front().waits.wall_s;
  verdicts.add("C-056",
               word(waits > 1.5 * sum, "true") + "with " +
                   std::to_string(latencies.back()) + " ms instead of " +
                   std::to_string(latencies.front()) + " ms the answers take " +
                   times(waits) + " as long, the sum " + times(sum));
}

void turn_memory(Verdicts& verdicts) {
  constexpr int kSteps = 1'000'000;
  support::Table table({"block", "ns a step, CPU time", "own switches"});
  std::vector<Took> runs;
  for (const size_t kib : {16u, 1024u, 65536u}) {
    const Walk walk(kib << 10);
    runs.push_back(best([&] { return walk.run(kSteps); }));
    table.add({std::to_string(kib) + " KiB",
               fixed(runs.back().cpu_s * 1e9 / kSteps, 1),
               std::to_string(runs.back().own_switches)});
  }
  print(table.text() + "\n");
  const double slower = runs.back().cpu_s / runs.front().cpu_s;
  verdicts.add("C-057",
               word(slower > 2 && runs.back().own_switches == 0, "imprecise") +
                   "a step to memory takes " + times(slower) +
                   " the CPU time of one to the cache; to the system that is "
                   "work, not waiting (" +
                   std::to_string(runs.back().own_switches) + " own switches)");
}

void turn_disk(Verdicts& verdicts) {
  const Files files;
  files.read(/*cold=*/false);
  const Took warm = best([&] { return files.read(false); });
  const Took cold = files.read(/*cold=*/true);
  support::Table table({"200 files", "ms", "CPU %", "waits"});
  for (const auto& [name, took] :
       {std::pair("in the page cache", warm), std::pair("on the disk", cold)}) {
    table.add({name, fixed(took.wall_s * 1e3, 1),
               fixed(100 * took.cpu_share(), 0),
               std::to_string(took.own_switches)});
  }
  print(table.text() + "\n");
  verdicts.add(
      "C-227",
      word(cold.own_switches > 10 + 2 * warm.own_switches, "imprecise") +
          "files in the page cache are waited for " +
          std::to_string(warm.own_switches) + " times, files on the disk " +
          std::to_string(cold.own_switches) + " times and " +
          times(cold.wall_s / warm.wall_s) + " as long");
}

double fetched_in(const runners::Model& model, const runners::Job& job,
                  const std::string& folder) {
  return matrix::run_cell(model, job, folder).seconds;
}

// Faster answers: fewer switches, and so a case for threads? [C-197]
void turn_fast(Verdicts& verdicts) {
  const support::ScratchFolder folder;
  const bodies::Experiment pages = bodies::pages();
  support::Table table({"latency", "switches a second of one who waits",
                        "50 threads ms", "50 tasks ms"});
  std::vector<double> rates;
  std::string async_wins;
  for (const double latency_ms : {0.01, 0.1, 1.0, 10.0, 50.0}) {
    const Took took =
        wait_for_answers(std::clamp(static_cast<int>(50 / latency_ms), 2, 1000),
                         scheduler::seconds(latency_ms * 1e-3));
    rates.push_back(static_cast<double>(took.own_switches) / took.wall_s);
    const support::HttpServer server({.latency_ms = latency_ms});
    runners::Job job = {.experiment = &pages, .world = {}};
    job.world.items = 50;
    job.world.port = server.port();
    const double threads =
        fetched_in({"threads", runners::run_threads}, job, folder.path());
    const double async =
        fetched_in({"async", runners::run_async}, job, folder.path());
    const std::string latency = support::plain(latency_ms) + " ms";
    async_wins +=
        async < threads ? (async_wins.empty() ? "" : ", ") + latency : "";
    table.add({latency, fixed(rates.back(), 0), fixed(threads * 1e3, 1),
               fixed(async * 1e3, 1)});
  }
  print(table.text() + "\n");
  verdicts.add(
      "C-197",
      word(rates.front() > rates.back(), "wrong") +
          "who waits 0.01 ms switches " + fixed(rates.front(), 0) +
          " times a second, who waits 50 ms " + fixed(rates.back(), 0) +
          "; in this run tasks were faster than threads at " +
          (async_wins.empty() ? "none of these latencies" : async_wins));
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("speed_knobs", [&] {
    const support::InterruptScope interrupts;
    std::vector<std::string> knobs = {"cpu", "latency", "memory", "disk"};
    std::vector<int> shares = {100, 50, 25};
    std::vector<int> latencies = {1, 5, 20};
    support::Flags flags("speed_knobs", "what makes which program faster");
    flags.choices("knob", &knobs, {"cpu", "latency", "memory", "disk", "fast"},
                  "what is turned; fast: threads and tasks at short latencies");
    flags.numbers("cpu", &shares, 1, 100,
                  "per cent of a CPU, by rivals for the rest");
    flags.numbers("latency", &latencies, 1, 100, "ms until an answer comes");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    support::stay_on_cpus(1);
    Verdicts verdicts;
    for (const std::string& knob : knobs) {
      support::throw_if_interrupted();
      if (knob == "cpu") {
        turn_cpu(shares, verdicts);
      } else if (knob == "latency") {
        turn_latency(latencies, verdicts);
      } else if (knob == "memory") {
        turn_memory(verdicts);
      } else if (knob == "disk") {
        turn_disk(verdicts);
      } else {
        turn_fast(verdicts);
      }
    }
    print(verdicts.text());
    return 0;
  });
}
