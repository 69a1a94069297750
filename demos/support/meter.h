// demos/support/meter.h - run something in a fresh process and measure it all.
//
// CONCEPT     What a piece of work costs can be told only from outside and
//             only for the whole family of processes it starts: a ruler inside
//             the parent does not see the memory of the workers. [C-192]
//             Switches come from the system when the child is reaped and are
//             exact. Peaks of memory, threads, processes and sockets come from
//             looking at the family now and then - soon at first, for short
//             runs, then 20 times a second - and are lower bounds. Times are
//             no matter of this ruler: the work takes its own, without the
//             child's birth and death (demos/matrix/cell.h).
// IN PYTHON   resource.getrusage, tracemalloc - the latter of which measures
//             something else
// INVARIANTS  I1. Nothing that the body does happens in this process.
//             I2. No process of the body outlives the call.
// THREADS     One, see demos/support/child_tree.h.
// OWNERSHIP   Owns the child for the length of the call.
// ERRORS      std::runtime_error with the text of the exception that left the
//             body, or with how the child died. Interrupted on Ctrl-C.
//             std::system_error from pipe2, fork and pidfd_open, and from
//             open(/proc) if there is no descriptor left to look with.
// LEFT OUT    Hardware counters: virtual machines have none.
// READ NEXT   demos/matrix/cell.h
#ifndef DEMOS_SUPPORT_METER_H_
#define DEMOS_SUPPORT_METER_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

namespace demos::support {

struct Usage {
  // Of the child and all its reaped descendants.
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  // Peaks. A page shared by n processes counts as 1/n for each of them.
  int64_t memory_bytes = 0;
  int threads = 1;  // in one process
  int processes = 1;
  int sockets = 0;  // in one process
};

struct Measured {
  Usage usage;
  std::string output;
};

// Calls `body` in a fresh child; what it returns is the output.
Measured measure(const std::function<std::string()>& body);

// Raises the peaks of `usage` to what the family of `root` has now.
void sample_peaks(pid_t root, Usage& usage);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_METER_H_
