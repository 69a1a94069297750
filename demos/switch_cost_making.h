// demos/switch_cost_making.h - one more who may run: what it takes to make it.
//
// CONCEPT     A forked process gets a copy of the page tables, a fresh image
//             nothing but a name, a thread a stack, a green thread a stack that
//             was used before, a coroutine the few bytes of its frame. Each is
//             made, does nothing, and is gone again. What waits keeps memory:
//             for processes that is counted over the whole tree, a shared page
//             in parts. [C-029] [C-136] [C-137]
// IN PYTHON   os.fork, multiprocessing with "spawn", threading.Thread,
//             greenlet, asyncio.create_task, await
// INVARIANTS  I1. When a function returns, nothing it made is left.
// THREADS     Main thread only.
// OWNERSHIP   Owns nothing.
// ERRORS      std::system_error from fork, wait4, pipe2, pthread_create.
// READ NEXT   demos/many_waiters.cc
#ifndef DEMOS_SWITCH_COST_MAKING_H_
#define DEMOS_SWITCH_COST_MAKING_H_

#include <cstdint>

namespace demos {

// Made, run to its end, and gone: the mean of `count`, in us.
double make_fork_us(int count);
double make_fresh_image_us(int count);  // of this very program
double make_thread_us(int count);
double make_green_us(int count);
double make_task_us(int count);
double make_coroutine_us(int count);

// What one more that waits adds to the memory of the whole tree, in bytes.
int64_t bytes_of_a_process();
int64_t bytes_of_a_thread();

}  // namespace demos

#endif  // DEMOS_SWITCH_COST_MAKING_H_
