#include "demos/lost_update_bytecode.h"

#include <cstddef>
#include <cstdint>

#include "demos/support/run_demo.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter.h"
#include "gil_sim/witness.h"

namespace demos {

namespace {

namespace examples = gil_sim::examples;
using gil_sim::CheckPolicy;
using support::whole;

// Short, so that even a run of some milliseconds has many switches.
constexpr double kSwitchInterval = 50e-6;

// On a busy machine the two may not meet in every run.
constexpr int kMostRuns = 10;

gil_sim::Program twice(const std::string& body, int laps = 1) {
  return gil_sim::assemble(examples::program(
      "A B", laps > 1 ? examples::repeated(laps, body) : body, 2 * laps));
}

Proof prove(const gil_sim::Program& program, CheckPolicy checks) {
  const auto found =
      gil_sim::must_be_counted(gil_sim::explore(program, {.checks = checks}));
  return {found.schedules(), found.failing()};
}

struct Runs {
  int count = 0;
  int64_t lost = 0;  // in the last one
};

// Two threads that really run, until a run loses something.
Runs run_until_lost(const std::string& body, CheckPolicy checks, int laps) {
  const gil_sim::Program program = twice(body, laps);
  Runs runs;
  while (runs.lost == 0 && runs.count < kMostRuns) {
    gil_sim::Gil gil;
    gil.set_switch_interval(kSwitchInterval);
    gil_sim::Interpreter interpreter(program, gil, checks);
    interpreter.run();
    runs.lost = 2 * int64_t{laps} - interpreter.global("x");
    ++runs.count;
  }
  return runs;
}

struct Row {
  const char* line;
  const std::string& body;
  CheckPolicy checks;
  const char* version;
};

const Row kRows[] = {
    {"x = x + 1", examples::kIncrement, CheckPolicy::kEveryInstruction,
     "3.9 and before"},
    {"x = x + 1", examples::kIncrement, CheckPolicy::kJumpsAndCalls, "3.10"},
    {"x = x + 1", examples::kIncrement, CheckPolicy::kBackwardJumpsAndCalls,
     "3.11 and later"},
    {"x = x + one()", examples::kIncrementByCall,
     CheckPolicy::kBackwardJumpsAndCalls, "3.11 and later"},
};

}  // namespace

Proof prove(const std::string& body, CheckPolicy checks) {
  return prove(twice(body), checks);
}

Proof prove_writers_inside(bool locked) {
  const std::string body =
      "  LOAD_CONST 1\n"
      "  ATOMIC_ADD inside\n"
      "  LOAD_CONST 1\n"
      "  COMPARE_OP ==\n"
      "  ASSERT\n" +
      examples::kIncrement +
      "  LOAD_CONST -1\n"
      "  ATOMIC_ADD inside\n"
      "  POP_TOP\n";
  return prove(
      gil_sim::assemble(
          "global inside = 0\n" +
          examples::program("A B", locked ? examples::locked(body) : body, 2)),
      CheckPolicy::kEveryInstruction);
}

std::string text_of(const Proof& proof) {
  return whole(proof.failing) + " of " + whole(proof.schedules) + " schedules";
}

void show_bytecode(int laps, support::Verdicts& verdicts) {
  support::print("\n" + gil_sim::dis(twice(examples::kIncrement)));
  support::Table table({"two threads, one lock", "checks as in", "schedules",
                        "that lose", "runs",
                        "lost of " + std::to_string(2 * laps)});
  std::string judged;
  bool as_proved = true;
  for (const Row& row : kRows) {
    const Proof proof = prove(row.body, row.checks);
    const Runs runs = run_until_lost(row.body, row.checks, laps);
    // Only one way round: who can lose need not.
    as_proved &= proof.failing > 0 || runs.lost == 0;
    table.add({row.line, row.version, whole(proof.schedules),
               whole(proof.failing), std::to_string(runs.count),
               std::to_string(runs.lost)});
    judged += std::string(judged.empty() ? "" : ", ") + "`" + row.line +
              "` under " +
              std::string(
                  gil_sim::kCheckPolicyNames[static_cast<size_t>(row.checks)]) +
              " loses in " + text_of(proof);
  }
  support::print("\n" + table.text() + "\n");
  verdicts.add("C-160", (as_proved ? "imprecise: " : "not shown: ") + judged +
                            (as_proved ? "; what cannot lose lost nothing"
                                       : "; but a run lost what cannot be"));
}

std::string await_witness() {
  const gil_sim::SearchOptions options{.checks = CheckPolicy::kAwaitsOnly};
  const gil_sim::Program program = twice(examples::kIncrementByAwait);
  const auto schedule = gil_sim::shortest_witness(program, options);
  return schedule ? gil_sim::in_columns(program, options, *schedule) : "none\n";
}

}  // namespace demos
