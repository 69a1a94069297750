// gil_sim/explorer.h - not one schedule but all of them.
//
// CONCEPT     A test runs a few schedules of 10^23. Here the program's graph is
//             built, every state that any schedule reaches and every step from
//             it, and each claim about it is then a proof: no schedule loses an
//             update, or so many do. Counting needs no list of schedules: the
//             number of ways to a state is the sum over those before it.
//
//             Two reductions make it smaller and lose no result. kVisibleSteps
//             switches only where somebody could notice. kClasses moreover
//             follows one of several schedules that differ only in the order of
//             steps that do not touch each other's data (sleep sets):
//
//               x = x + 1, two threads:   70 schedules   kNone
//                                          6             kVisibleSteps
//                                          4             kClasses
//
// IN PYTHON   nothing; elsewhere SPIN, Java PathFinder, CHESS
// INVARIANTS  I1. complete() means every schedule under the given policies was
//                 taken into account; if a bound was hit it is false, and
//                 `gave_up` says which.
//             I2. All reductions find the same outcomes.
//             I3. kClasses counts each class of equivalent schedules once.
// THREADS     Any; the search itself uses one.
// OWNERSHIP   The result owns its texts.
// ERRORS      None of its own: what goes wrong in the program is an outcome.
//             A search that gave up is an error only of must_be_counted().
// LEFT OUT    Persistent sets, which also save states and not only steps.
//             Weak memory: instructions take effect in one order for all. A
//             store buffer can be written as a thread of the program, as
//             tests/memory_order_test.cc does.
// READ NEXT   gil_sim/witness.h
#ifndef GIL_SIM_EXPLORER_H_
#define GIL_SIM_EXPLORER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/model.h"

namespace gil_sim {

enum class Reduction : uint8_t { kNone, kVisibleSteps, kClasses };

struct SearchOptions {
  CheckPolicy checks = CheckPolicy::kEveryInstruction;
  WakePolicy wake = WakePolicy::kAny;
  Reduction reduction = Reduction::kNone;
  uint32_t most_states = 20'000'000;
  // A state may cost one instruction or a million: a minute or so of them.
  uint64_t most_instructions = 1'000'000'000;
};

// What the steps of such a search are.
inline Rules rules_of(const SearchOptions& options) {
  return {options.checks, options.wake, options.reduction != Reduction::kNone};
}

struct Outcome {
  std::string text;  // "x=2", "deadlock: A waits for ..."
  bool passes;
  // Schedules that end so: exact up to 2^53, then rounded to 16 digits. 0 if
  // they were not counted.
  double schedules;
};

struct Exploration {
  std::vector<Outcome> outcomes;  // sorted by text
  uint32_t states = 0;
  uint64_t steps = 0;  // edges of the graph
  size_t bytes = 0;    // at the peak
  // Some schedule comes to a state a second time, so it need never end, and
  // the number of schedules has no bound.
  bool has_cycle = false;
  std::string gave_up;  // empty if the search is complete

  bool complete() const { return gave_up.empty(); }  // [I1]
  bool counted() const { return complete() && !has_cycle; }
  double schedules() const;
  // Schedules that end in an outcome that fails, or passes: of a huge number
  // the difference would be rounded away.
  double failing() const;
  double passing() const;
  bool can_fail() const;  // even where they were not counted
};

Exploration explore(const Program& program, const SearchOptions& options = {});

// What it is given, for who goes on to say "so many of so many": where the
// schedules were not counted, it is a std::runtime_error that says why.
Exploration must_be_counted(Exploration found);

// The same of the schedules that go on from `state`, to which a Model of the
// program has come under rules_of(options).
Exploration explore_from(const Model::State& state, const Program& program,
                         const SearchOptions& options = {});

}  // namespace gil_sim

#endif  // GIL_SIM_EXPLORER_H_
