// demos/figures_live.h - figures of real processes and threads.
//
// CONCEPT     How many processes, and how many threads in each: four panels
//             have every combination of one and many. Nobody draws them; each
//             run is looked at from outside, a thousand times a second, in the
//             list that the system keeps of its threads and of what each one
//             is at. The sixteen tasks are run by the matrix's own models.
//             [C-214] [C-215] [C-218] [C-219] [C-220]
// IN PYTHON   psutil.Process().threads()
// INVARIANTS  I1. Every bar was recorded; so no two runs are the same.
//             I2. A panel begins when all its threads are alive.
// THREADS     Main thread only: it forks.
// OWNERSHIP   Processes live for the length of a call.
// ERRORS      std::system_error from fork; std::runtime_error if a process does
//             not come to life; Interrupted on Ctrl-C.
// LEFT OUT    The system says of a thread that it could run, not that it does:
//             a thread that waits for a CPU is drawn as one that has it.
// READ NEXT   demos/timeline_scene.h
#ifndef DEMOS_FIGURES_LIVE_H_
#define DEMOS_FIGURES_LIVE_H_

#include "demos/pictures/picture.h"

namespace demos {

pictures::Picture draw_containers();  // F4
pictures::Picture draw_sixteen();

}  // namespace demos

#endif  // DEMOS_FIGURES_LIVE_H_
