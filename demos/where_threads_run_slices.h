// demos/where_threads_run_slices.h - busy threads that know where they were.
//
// CONCEPT     A thread is not told when it loses its CPU, and the system tells
//             it only to the privileged. But a thread that does nothing but
//             look at the clock finds a hole where it was away, and can ask
//             after each hole which CPU it is on now. What lies between two
//             holes is a slice; slices of several threads show who ran at once.
// THREADS     Its own, each with slices of its own until all have ended.
// OWNERSHIP   Borrows the lock for the call.
// ERRORS      std::system_error if the system gives no thread, or not the CPU.
// READ NEXT   scheduler/timeline.h, whose slices these are
#ifndef DEMOS_WHERE_THREADS_RUN_SLICES_H_
#define DEMOS_WHERE_THREADS_RUN_SLICES_H_

#include <map>

#include "gil_sim/interpreter_lock.h"
#include "scheduler/clock.h"

namespace demos {

struct WhereRun {
  std::map<int, double> share_of_cpu;  // of all the time on any of them
  double overlap = 0;      // the share of the time in which two or more ran
  double utilisation = 0;  // CPU time per time that passed
  int moves = 0;           // of a thread from one CPU to another
};

// Threads that compute for so long, all at once, under this lock; where the
// system puts them, or each bound to one of the CPUs in turn.
WhereRun run_busy_threads(gil_sim::InterpreterLock& lock, int threads,
                          scheduler::Duration time, bool bound);

}  // namespace demos

#endif  // DEMOS_WHERE_THREADS_RUN_SLICES_H_
