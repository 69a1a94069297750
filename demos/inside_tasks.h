// demos/inside_tasks.h - what the loop knows of its tasks, at three moments.
//
// CONCEPT     A loop knows each of its tasks and in which state it is; of one
//             that waits it knows the whole chain of awaits down to what it
//             waits for. [C-083]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
#ifndef DEMOS_INSIDE_TASKS_H_
#define DEMOS_INSIDE_TASKS_H_

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"

namespace demos {

void show_tasks(support::Time time, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_INSIDE_TASKS_H_
