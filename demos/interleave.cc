// demos/interleave.cc - every schedule of x = x + 1 by two threads.
//
// The documents say that a switch may fall inside the line and an update be
// lost. Here no switch is waited for: all schedules are searched, and counted.
// Whether one can lose an update depends on where the interpreter looks up,
// and that has changed with its versions. A coroutine looks up at its awaits
// only, so there is less to think of. [C-160] [C-161] [C-175] [C-038] [C-067]
// [C-124] What the search keeps in memory stands beside its states. And four
// instructions for one line are why it needs a lock. [C-036]
//
//   bazel run //demos:interleave
//   bazel run //demos:interleave -- --program=line,call,over
//   bazel run //demos:interleave -- --n=10 --checks=every_instruction
//   bazel run //demos:interleave -- --checks=every_instruction,awaits_only
//   bazel run //demos:interleave -- --show=pass
//   bazel run //demos:interleave -- --count
//
// Expected: the line as instructions, one schedule that fails in a column for
// each thread, and
//   VERDICT C-161 found: 68 of 70 schedules lose an update; 6 of visible
//   steps, 4 classes; 1 forced switch is enough
//   VERDICT C-160 found: backward_jumps_and_calls: 0 of 2 schedules of `line`
//   lose an update
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"
#include "gil_sim/witness.h"

namespace demos {
namespace {

using gil_sim::CheckPolicy;
using gil_sim::Exploration;
using gil_sim::Program;
using gil_sim::Reduction;
using gil_sim::SearchOptions;
using support::print;
using support::verdict;

const std::map<std::string, std::string> kLines = {
    {"line", gil_sim::examples::kIncrement},
    {"call", gil_sim::examples::kIncrementByCall},
    {"loop", gil_sim::examples::kIncrementAroundLoop},
    {"over", gil_sim::examples::kIncrementOverJump},
    {"beside", gil_sim::examples::kIncrementBesideJump},
    {"await", gil_sim::examples::kIncrementByAwait},
};

struct Choice {
  std::vector<std::string> programs = {"line"};
  std::vector<std::string> checks = {"every_instruction",
                                     "backward_jumps_and_calls"};
  std::vector<std::string> show = {"fail"};
  int n = 1;
  int bound = 20'000'000;
  bool lock = false;
  bool count = false;

  bool operator==(const Choice&) const = default;
};

CheckPolicy policy_named(const std::string& name) {
  const auto& names = gil_sim::kCheckPolicyNames;
  return static_cast<CheckPolicy>(std::find(names.begin(), names.end(), name) -
                                  names.begin());
}

Program program_of(const std::string& threads, std::string body, int n,
                   int expected, bool lock) {
  using namespace gil_sim::examples;
  body = lock ? locked(body) : body;
  return gil_sim::assemble(
      program(threads, n > 1 ? repeated(n, body) : body, expected));
}

// The shortest schedule that ends so.
void show(const Program& program, const SearchOptions& options,
          const std::string& how,
          const std::function<bool(const gil_sim::Model::Ending&)>& wanted) {
  const auto schedule = gil_sim::shortest_witness(program, options, wanted);
  print(schedule ? "A schedule that " + how + "; forced switches: " +
                       std::to_string(schedule->forced_switches) + "\n" +
                       gil_sim::in_columns(program, options, *schedule)
                 : "No schedule " + how + ".\n");
}

// One line under one policy: searched at three grains, judged by the first.
void explore(const Choice& choice, const std::string& line,
             const std::string& checks) {
  const Program program =
      program_of("A B", kLines.at(line), choice.n, 2 * choice.n, choice.lock);
  print("\n`" + line + "` under " + checks + "\n");
  SearchOptions options{.checks = policy_named(checks),
                        .most_states = static_cast<uint32_t>(choice.bound)};
  support::Table table(
      {"grain", "states", "KB", "schedules", "that fail", "that pass"});
  const char* const grains[] = {"every step", "visible steps", "classes"};
  std::vector<Exploration> found;
  for (int grain = 0; grain < 3; ++grain) {
    options.reduction = static_cast<Reduction>(grain);
    found.push_back(gil_sim::explore(program, options));
    const Exploration& it = found.back();
    if (!it.complete()) {
      print("Nothing is claimed: " + it.gave_up + ".\n");
      return;
    }
    table.add({grains[grain], std::to_string(it.states),
               std::to_string((it.bytes + 1023) / 1024),
               support::whole(it.schedules()), support::whole(it.failing()),
               support::whole(it.passing())});
  }
  support::Table endings({"ending", "schedules"});
  for (const gil_sim::Outcome& outcome : found[0].outcomes) {
    endings.add({outcome.text, support::whole(outcome.schedules)});
  }
  print(table.text() + endings.text());
  options.reduction = Reduction::kVisibleSteps;
  for (const std::string& kind : choice.show) {
    const bool passing = kind == "pass";
    show(program, options, passing ? "passes" : "fails",
         [=](const auto& ending) { return ending.passes == passing; });
  }
  const std::string of =
      support::part_of(found[0].failing(), found[0].passing()) + " schedules ";
  print(verdict("C-160", "found: " + checks + ": " + of + "of `" + line +
                             "` lose an update") +
        "\n");
  const bool is_the_documents =
      line == "line" && checks == "every_instruction" && !choice.lock;
  if (is_the_documents && choice.n == 1) {
    const auto witness = gil_sim::shortest_witness(program, options);
    print(verdict("C-161", "found: " + of + "lose an update; " +
                               support::whole(found[1].schedules()) +
                               " of visible steps, " +
                               support::whole(found[2].schedules()) +
                               " classes; " +
                               std::to_string(witness->forced_switches) +
                               " forced switch is enough") +
          "\n");
  }
  if (is_the_documents && choice.n > 1) {
    const auto least = std::min_element(
        found[1].outcomes.begin(), found[1].outcomes.end(),
        [](const gil_sim::Outcome& a, const gil_sim::Outcome& b) {
          return std::stoll(a.text.substr(2)) < std::stoll(b.text.substr(2));
        });
    show(program, options, "ends at " + least->text,
         [=](const auto& ending) { return ending.text == least->text; });
    print(verdict("C-175", "found: 2 times " + std::to_string(choice.n) +
                               " increments end at least at " + least->text +
                               ", by a complete search of " +
                               std::to_string(found[1].states) + " states") +
          "\n");
  }
}

// What there is to think of in the same line, switched at its awaits or
// anywhere.
void judge_awaits(const Choice& choice) {
  const auto search = [&](CheckPolicy checks) {
    return gil_sim::explore(
        program_of("A B", kLines.at("line"), choice.n, 2 * choice.n, false),
        {.checks = checks, .most_states = static_cast<uint32_t>(choice.bound)});
  };
  const Exploration anywhere = search(CheckPolicy::kEveryInstruction);
  const Exploration at_awaits = search(CheckPolicy::kAwaitsOnly);
  if (!anywhere.counted() || !at_awaits.counted()) {
    return;
  }
  const auto losing = [](const Exploration& it) {
    return support::part_of(it.failing(), it.passing());
  };
  const bool safer = at_awaits.failing() == 0 && anywhere.failing() > 0;
  print("\n" +
        verdict("C-067", (safer ? "true: " : "not shown: ") +
                             ("switched at awaits only, " + losing(at_awaits) +
                              " schedules of `line` lose an update; after any "
                              "instruction, " +
                              losing(anywhere))) +
        "\n");
  const bool fewer = at_awaits.schedules() < anywhere.schedules();
  print(
      verdict("C-124",
              (fewer ? "imprecise: " : "not shown: ") +
                  ("schedules of `line` to think of: " +
                   support::whole(at_awaits.schedules()) + " at awaits only, " +
                   support::whole(anywhere.schedules()) +
                   " after any instruction; what it takes to write, no "
                   "search tells")) +
      "\n");
}

void print_growth() {
  support::Table table({"lines", "2 threads", "3 threads"});
  for (int lines = 1; lines <= 3; ++lines) {
    std::vector<std::string> row = {std::to_string(lines)};
    std::string body;
    for (int i = 0; i < lines; ++i) {
      body += gil_sim::examples::kIncrement;
    }
    for (const char* const names : {"A B", "A B C"}) {
      const Program program = program_of(names, body, 1, 0, false);
      row.push_back(support::whole(
          gil_sim::must_be_counted(gil_sim::explore(program)).schedules()));
    }
    table.add(row);
  }
  print("Schedules of that many lines x = x + 1 in each thread\n" +
        table.text());
  const Exploration one = gil_sim::must_be_counted(
      gil_sim::explore(program_of("A B", kLines.at("line"), 1, 2, false)));
  print(verdict("C-038", "found: " + support::whole(one.schedules()) +
                             " schedules for one line in 2 threads") +
        "\n");
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("interleave", [&] {
    Choice choice;
    support::Flags flags("interleave", "every schedule of a small program");
    std::vector<std::string> lines;
    for (const auto& [name, body] : kLines) {
      lines.push_back(name);
    }
    flags.choices("program", &choice.programs, lines,
                  "x = x + 1 with nothing, or this, inside the line");
    flags.choices(
        "checks", &choice.checks,
        {gil_sim::kCheckPolicyNames.begin(), gil_sim::kCheckPolicyNames.end()},
        "where a thread may lose its turn");
    flags.choices("show", &choice.show, {"fail", "pass"},
                  "the shortest schedule of each kind");
    flags.number("n", &choice.n, 1, 20, "laps of a loop around the line");
    flags.number("bound", &choice.bound, 1, 100'000'000,
                 "states after which the search gives up");
    flags.toggle("lock", &choice.lock, "a lock around the line");
    flags.toggle("count", &choice.count, "only how schedules grow in number");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    if (choice.count && choice != Choice{.count = true}) {
      std::cerr << "interleave: --count searches no program; accepted: no "
                   "other flag beside it\n";
      return 2;
    }
    if (choice.count) {
      print_growth();
      return 0;
    }
    for (const std::string& line : choice.programs) {
      print(gil_sim::dis(program_of("A B", kLines.at(line), choice.n,
                                    2 * choice.n, choice.lock)));
      for (const std::string& checks : choice.checks) {
        explore(choice, line, checks);
      }
    }
    const auto has = [](const std::vector<std::string>& all, const char* one) {
      return std::find(all.begin(), all.end(), one) != all.end();
    };
    if (has(choice.programs, "line") && has(choice.checks, "awaits_only") &&
        !choice.lock) {
      judge_awaits(choice);
    }
    return 0;
  });
}
