// exercises/deadlines.h - earliest deadline first: a ninth policy.
//
// CONCEPT     A burst of the CPU that becomes ready at `t` (its job has come,
//             or is back from its device) and is `n` long has to be done at
//             t + slack * n. Next is whose deadline is earliest, and a job that
//             is due earlier takes the CPU from one that runs. Whoever has to
//             give way keeps its deadline.
//
//               A:0:10    slack 3: due at 30    |##|...|########|
//               B:2:1              due at 5        |#|
//
// INVARIANTS  I1. Equal deadlines run in the order of joining the queue; who
//                 gave way joins anew.
//             I2. Equal deadlines do not interrupt each other.
// THREADS     One.
// OWNERSHIP   The caller owns the policy, which borrows its jobs.
// READ NEXT   scheduler/cpu_sim/policy.h, then scheduler/cpu_sim/shortest.h
#ifndef EXERCISES_DEADLINES_H_
#define EXERCISES_DEADLINES_H_

#include <memory>

#include "scheduler/cpu_sim/policy.h"

namespace exercises {

// REQUIRES: slack >= 1.
std::unique_ptr<scheduler::cpu_sim::Policy> make_deadlines(int slack);

}  // namespace exercises

#endif  // EXERCISES_DEADLINES_H_
