// gil_sim/witness.h - a schedule that shows it, as short as can be.
//
// CONCEPT     "68 of 70 fail" convinces; one that fails, told step by step,
//             explains. Shortest means fewest *forced* switches: a thread that
//             has ended or waits gives way by itself, and only a switch away
//             from one that could go on is bad luck. Most errors need one or
//             two such switches:
//
//               A                 B
//               LOAD_GLOBAL x
//                                 LOAD_GLOBAL x
//                                 ...
//                                 STORE_GLOBAL x     x=1
//               ...
//               STORE_GLOBAL x                       x=1
//
// IN PYTHON   nothing; CHESS searches by this number
// INVARIANTS  I1. No schedule with such an ending has fewer forced switches
//                 than the one that shortest_witness() gives.
//             I2. Replayed under the same rules, it comes to the same ending.
// THREADS     Any.
// OWNERSHIP   A Schedule is a value.
// ERRORS      std::runtime_error if a bound ends the search before an answer,
//             and Endless as Model has it.
// READ NEXT   demos/interleave.cc
#ifndef GIL_SIM_WITNESS_H_
#define GIL_SIM_WITNESS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gil_sim/bytecode.h"
#include "gil_sim/explorer.h"
#include "gil_sim/model.h"

namespace gil_sim {

struct Schedule {
  std::vector<uint8_t> turns;  // which thread makes each step
  Model::Ending ending;
  int forced_switches;
};

using IsWanted = std::function<bool(const Model::Ending&)>;

inline bool fails(const Model::Ending& ending) {
  return !ending.passes;
}

// None if no schedule ends so; then all have been looked at.
std::optional<Schedule> shortest_witness(const Program& program,
                                         const SearchOptions& options,
                                         const IsWanted& wanted = fails);

// The same from `state` on, as explore_from() has it; whose turn it was before
// is nobody's, so the first turn is not a forced switch.
std::optional<Schedule> shortest_witness_from(const Model::State& state,
                                              const Program& program,
                                              const SearchOptions& options,
                                              const IsWanted& wanted = fails);

// The first `most` schedules that are wanted, in the order of a thread's
// number: all of them, if there are no more. The cache is not used, so a
// program with a cycle is refused by std::invalid_argument, and both bounds of
// the options hold as for a search.
std::vector<Schedule> list_schedules(const Program& program,
                                     const SearchOptions& options,
                                     const IsWanted& wanted, size_t most);

// One column for each thread, one row for each instruction, and what it wrote.
std::string in_columns(const Program& program, const SearchOptions& options,
                       const Schedule& schedule);

}  // namespace gil_sim

#endif  // GIL_SIM_WITNESS_H_
