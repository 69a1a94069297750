// demos/diagnose.cc - what does a program spend its time on, and what follows?
//
// The documents say: who computes takes processes, who waits takes threads or
// async. Which of them a program is, they leave to the reader. Here it is
// measured: the command runs as if it stood there alone, with your keyboard,
// your screen and its own exit code; the report goes to the error stream.
// [C-024] [C-055] [C-198] [C-199] [C-200] [C-201] [C-202]
//
//   bazel run //demos:diagnose -- -- gzip -k some_file
//   bazel run //demos:diagnose -- --try -- sleep 1
//   bazel run //demos:diagnose -- --everyday
//
// Predict: is a compiler CPU-bound? A copy of a folder? `sort` in a pipeline?
// Expected: the numbers, how far each is from its threshold, and last
//   VERDICT C-198 advice: CPU-bound -> processes
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demos/diagnose_everyday.h"
#include "demos/diagnose_judge.h"
#include "demos/diagnose_lookout.h"
#include "demos/diagnose_try.h"
#include "demos/diagnose_watch.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/choose.h"

namespace demos {
namespace {

using scheduler::Choice;
using scheduler::Criterion;
using support::fixed;

std::string count(int64_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

std::string measurements(const Watched& watched) {
  return "wall " + fixed(watched.wall_s, 3) + " s, user " +
         fixed(watched.user_s, 3) + ", system " + fixed(watched.system_s, 3) +
         "; ready without a CPU " + fixed(watched.held_up_s(), 3) +
         "\nswitches: " + std::to_string(watched.voluntary_switches) +
         " own, " + std::to_string(watched.involuntary_switches) +
         " forced; blocks: " + std::to_string(watched.blocks_read) + " read, " +
         std::to_string(watched.blocks_written) + " written\n" +
         count(watched.looks, "look") + ": " +
         count(watched.running, "thread") + " running, " +
         std::to_string(watched.sleeping) + " asleep, " +
         std::to_string(watched.in_disk_wait) +
         " waiting for a disk; files open in " +
         std::to_string(watched.looks_with_files) + "\nat most " +
         (watched.processes == 1
              ? "1 process"
              : std::to_string(watched.processes) + " processes") +
         ", " + count(watched.threads, "thread") + ", " +
         count(watched.sockets, "connected socket") +
         (watched.refused_looks == 0
              ? ""
              : "; " + count(watched.refused_looks, "look") +
                    " refused by the system") +
         "\n";
}

// Each criterion, whether it was needed or not.
std::string margins(const scheduler::DecisionTable& table,
                    const Watched& watched) {
  const scheduler::Facts facts = watched.facts();
  support::Table rows({"criterion", "measured", "threshold", "margin"});
  for (const Criterion& criterion : table.criteria) {
    const double value = facts.*criterion.value;
    const bool is_yes_or_no = criterion.kind == Criterion::Kind::kYes;
    rows.add({std::string(criterion.name),
              is_yes_or_no ? (criterion.holds(value) ? "yes" : "no")
                           : fixed(value, 2) + std::string(criterion.unit),
              is_yes_or_no ? ""
                           : support::plain(criterion.threshold) +
                                 std::string(criterion.unit),
              margin(criterion, watched)});
  }
  return rows.text();
}

// What the numbers cannot tell, as far as it may matter for this answer.
std::string limits(const Watched& watched) {
  return watched.too_busy()
             ? "The machine was too busy: something was ready and without a "
               "CPU for " +
                   fixed(100 * watched.held_up_s() / watched.wall_s, 0) +
                   " % of the time.\n"
             : "";
}

std::string limits(const Choice& choice) {
  if (choice.row->advice == "processes") {
    return "In C++ threads do as well, in CPython a library that releases the "
           "lock.\nWaiting for memory counts as CPU time.\n";
  }
  if (choice.row->advice == "single") {
    return "What the page cache has need not be waited for: a cold disk may "
           "answer otherwise.\n";
  }
  return "Waiting for a lock looks like waiting for I/O, and an idle thread "
         "like a long wait.\n";
}

int code_of(const Watched& watched) {
  return watched.exit_code < 0 ? 128 - watched.exit_code : watched.exit_code;
}

std::string how_it_ended(const Watched& watched) {
  return watched.exit_code < 0
             ? "ended by signal " + std::to_string(-watched.exit_code)
             : "exit code " + std::to_string(watched.exit_code);
}

std::string verdicts(const Watched& watched, const Judgement& judgement) {
  const scheduler::Facts facts = watched.facts();
  support::Verdicts verdicts;
  verdicts.add("C-024",
               "found: cpu_share " + fixed(facts.cpu_share, 2) + ", " +
                   fixed(static_cast<double>(watched.voluntary_switches) /
                             watched.wall_s,
                         0) +
                   " own switches a second");
  if (watched.sockets > 0) {
    verdicts.add(
        "C-202",
        "found: " + count(watched.sockets, "connected socket") + " at a time");
  }
  verdicts.add(judgement.choice->row->concept_id,
               "advice: " + judgement.advice());
  return verdicts.text();
}

struct Options {
  Rule rule;
  bool try_it = false;
  bool everyday = false;
};

int diagnose(const std::vector<std::string>& command, const Options& options) {
  const Watched watched = watch(command);
  std::string report = "\n";
  for (const std::string& word : command) {
    report += (report == "\n" ? "diagnose: " : " ") + word;
  }
  report += ": " + how_it_ended(watched) + "\n" + measurements(watched);
  const Judgement judgement = judge(watched, options.rule);
  if (!judgement.choice) {
    std::cerr << report + "too short: " + fixed(watched.wall_s * 1e3, 1) +
                     " ms, threshold " +
                     std::to_string(options.rule.shortest_ms) +
                     " ms; or too few looks. Run it on a larger input.\n";
    return code_of(watched);
  }
  std::cerr << report + "\n" + margins(options.rule.table, watched) + "\n" +
                   limits(watched) + limits(*judgement.choice) +
                   verdicts(watched, judgement);
  if (options.try_it) {
    std::cerr << "\n" + try_advice(watched, *judgement.choice->row);
  }
  return code_of(watched);
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("diagnose", [&] {
    const support::InterruptScope interrupts;
    Options options;
    support::Flags flags("diagnose",
                         "what a command spends its time on: [flags] -- CMD");
    for (Criterion& criterion : options.rule.table.criteria) {
      if (criterion.kind != Criterion::Kind::kYes) {
        flags.decimal(std::string(criterion.name), &criterion.threshold, 0.001,
                      1e6, "threshold of " + criterion.condition());
      }
    }
    flags.number("shortest", &options.rule.shortest_ms, 1, 60'000,
                 "ms below which nothing is said");
    flags.toggle("try", &options.try_it,
                 "run work of its kind under all models");
    flags.toggle("everyday", &options.everyday,
                 "commands of a day at a terminal, instead of CMD");
    char** const end = argv + argc;
    char** const dashes = std::find(argv, end, std::string_view("--"));
    if (const auto code = flags.parse(static_cast<int>(dashes - argv), argv)) {
      return *code;
    }
    const std::vector<std::string> command(std::min(dashes + 1, end), end);
    if (options.everyday == !command.empty()) {
      std::cerr << "diagnose: " +
                       std::string(command.empty() ? "a command is missing"
                                                   : "--everyday has commands "
                                                     "of its own") +
                       "; write: diagnose [flags] -- CMD ...\n";
      return 2;
    }
    if (options.everyday) {
      support::print(everyday_commands(options.rule));
      return 0;
    }
    try {
      return diagnose(command, options);
    } catch (const CannotRun& refused) {
      std::cerr << std::string("diagnose: ") + refused.what() + "\n";
      return refused.exit_code();
    }
  });
}
