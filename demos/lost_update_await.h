// demos/lost_update_await.h - one thread, two tasks, one counter.
//
// CONCEPT     Nobody interrupts a task, but at an await it gives way by itself.
//             What it has read before may be old when it goes on. So
//             `x = x + await one()` loses updates without any second thread,
//             and a lock between tasks mends it. [C-065] [C-066]
// IN PYTHON   x = x + await one(); async with lock
// INVARIANTS  I1. The left side is read before the await, as Python does.
// THREADS     One that runs no loop yet.
// OWNERSHIP   Owns the loop for the length of a call.
#ifndef DEMOS_LOST_UPDATE_AWAIT_H_
#define DEMOS_LOST_UPDATE_AWAIT_H_

#include "demos/lost_update_report.h"

namespace demos {

// Each of the tasks adds 1 to one counter `n` times.
Counted await_in_tasks(int tasks, int n);
// The same inside of a lock.
Counted await_under_lock(int tasks, int n);

}  // namespace demos

#endif  // DEMOS_LOST_UPDATE_AWAIT_H_
