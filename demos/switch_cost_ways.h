// demos/switch_cost_ways.h - two who take turns, six ways.
//
// CONCEPT     Whoever runs, a switch is the same story: one stops, another
//             goes on. How much has to be exchanged differs. For processes the
//             system enters the kernel, picks the other one and changes the
//             page tables; for threads it saves itself the last step; green
//             threads stay out of the kernel and change stacks; a coroutine
//             returns to who called it.
//
//             The first two hand a byte through a pipe, on one CPU: a round
//             trip is two switches, and each of them contains a write and a
//             read of that pipe, which are measured apart. What counts is CPU
//             time, that of both sides: on a CPU of their own it is all the
//             time there is, and on a busy machine the others are left out.
// IN PYTHON   multiprocessing.Pipe, threading, greenlet, asyncio.sleep(0),
//             a generator
// INVARIANTS  I1. When a function returns, nothing it made is left.
// THREADS     Main thread only, pinned to one CPU by its caller.
// OWNERSHIP   Owns nothing.
// ERRORS      std::system_error from pipe2, fork, pthread_create.
// READ NEXT   demos/switch_cost_making.h; bench/green_switch_bench.cc, where
//             nanoseconds are compared
#ifndef DEMOS_SWITCH_COST_WAYS_H_
#define DEMOS_SWITCH_COST_WAYS_H_

#include <functional>

#include "scheduler/clock.h"

namespace demos {

// What `work` cost, for each of `count`, in us of CPU time of this process and
// of its children that are reaped by then.
double us_each(int count, const std::function<void()>& work);

// The mean of `count` switches, in us.
double switch_process_us(int count);
double switch_thread_us(int count);
double switch_green_us(int count);
double switch_task_us(int count);  // two tasks on a loop, through its queue
double switch_coroutine_us(int count);  // a generator and its caller
double pipe_us(int count);              // a write and a read, no switch

// Two work in turns of length `slice`, for `total` together: the share of the
// CPU time in which they work.
double useful_share_of_threads(scheduler::Duration slice,
                               scheduler::Duration total);
double useful_share_of_green_threads(scheduler::Duration slice,
                                     scheduler::Duration total);

}  // namespace demos

#endif  // DEMOS_SWITCH_COST_WAYS_H_
