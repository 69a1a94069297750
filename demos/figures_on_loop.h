// demos/figures_on_loop.h - figures in which somebody waits, run on a loop.
//
// CONCEPT     A task that waits costs nothing while it does, so waits can be
//             laid over each other: by threads, each of which stands still, or
//             by one thread with a loop. The loop here is the real one; only
//             its clock does not wait. [C-217] [C-222] [C-223] [C-224]
// IN PYTHON   asyncio.gather against one await after the other
// INVARIANTS  I1. Every bar was recorded; each run of a figure is the same.
// THREADS     One.
// OWNERSHIP   Values.
// READ NEXT   demos/figures_live.h
#ifndef DEMOS_FIGURES_ON_LOOP_H_
#define DEMOS_FIGURES_ON_LOOP_H_

#include "demos/pictures/picture.h"

namespace demos {

pictures::Picture draw_waits();  // F2
pictures::Picture draw_three_operations();
pictures::Picture draw_breakfast();

}  // namespace demos

#endif  // DEMOS_FIGURES_ON_LOOP_H_
