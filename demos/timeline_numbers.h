// demos/timeline_numbers.h - what a picture says, as numbers.
//
// CONCEPT     Two bars beside each other prove nothing: they may be alive at
//             the same time, on a CPU at the same time, or waiting at the same
//             time. Each of these is a share of the time, and each model has
//             its own. [C-001] [C-003] [C-004] [C-059] [C-115]
// IN PYTHON   nothing built in
// INVARIANTS  I1. Everything is computed from the bars.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// ERRORS      None; no bars give zeros.
// READ NEXT   scheduler/timeline.h
#ifndef DEMOS_TIMELINE_NUMBERS_H_
#define DEMOS_TIMELINE_NUMBERS_H_

#include <set>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos {

struct Numbers {
  double seconds = 0;    // from the first start to the last end
  double lifetimes = 0;  // share in which two or more are alive
  double on_cpu = 0;     // share in which two or more run
  int most_on_cpu = 0;   // how many run at once, for longer than by accident
  int most_waiting = 0;  // likewise
  double waited_s = 0;   // all waits together
  double lived_s = 0;    // all lifetimes together
  double filled = 0;     // share of the time somebody waits, in which another
                         // one runs
  std::set<int> cpus;    // on which somebody ran
  int own_switches = 0;  // the task decided
  int forced_switches = 0;   // the system did
  std::vector<size_t> ends;  // lanes in the order in which they ended
};

Numbers numbers_of(const std::vector<scheduler::Slice>& slices);

// Of the columns of this length in which anybody runs, the share in which two
// or more do. Long columns make turns look like simultaneity. [C-015]
double share_with_two(const std::vector<scheduler::Slice>& slices,
                      scheduler::Duration column);

}  // namespace demos

#endif  // DEMOS_TIMELINE_NUMBERS_H_
