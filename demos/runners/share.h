// demos/runners/share.h - one model inside another.
//
// CONCEPT     A loop waits for any number of things and computes on one CPU; a
//             pool of processes computes on all and waits for few. Neither has
//             to be given up for the other: the items are dealt out, and
//             whoever runs a share runs it as a job of its own, under a model
//             that is there already.
//
//               items  0 1 2 3 4 5 6    -->  share 0 of 2   0   2   4   6
//                                            share 1 of 2     1   3   5
//
//             Dealing, not cutting: neighbours are often alike, and a share of
//             nothing but long ones would end last. A pool that hands out one
//             item at a time balances better still; a share cannot, because it
//             is begun all at once.
// IN PYTHON   items[i::n]; a pool of loops as in aiomultiprocess
// INVARIANTS  I1. Every item is in one share; the joined outcome has them in
//                 the order of all.
// THREADS     Functions of their arguments, but for run_in_processes(), which
//             forks: main thread only.
// OWNERSHIP   Borrows the job.
// ERRORS      Of the first share that failed.
// READ NEXT   demos/runners/loops.cc, processes_x_threads.cc
#ifndef DEMOS_RUNNERS_SHARE_H_
#define DEMOS_RUNNERS_SHARE_H_

#include <vector>

#include "demos/runners/runner.h"

namespace demos::runners {

// A job for each worker, but never for a share without items.
std::vector<Job> shares_of(const Job& job);

// What the shares of a job have come to, as the outcome of the job. [I1]
// REQUIRES: there is one.
Outcome join_shares(std::vector<Outcome> shares);

// Each share by `run`, in a process of its own.
Outcome run_in_processes(const Job& job, Outcome (*run)(const Job& share));

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_SHARE_H_
