// demos/inside_marks.h - where a program may be switched, and where it was.
//
// CONCEPT     A task loses its turn only at a co_await, and only if that one
//             really suspends. So the places where others may come in can be
//             listed: they are marked in the source. [C-064] [C-086]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
// ERRORS      std::runtime_error if the source is not there.
// LEFT OUT    Lines for every co_await of the library: a frame would have to
//             carry a number that only a picture needs. Here the few awaits of
//             one scene are wrapped instead.
#ifndef DEMOS_INSIDE_MARKS_H_
#define DEMOS_INSIDE_MARKS_H_

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"

namespace demos {

void show_marks(support::Time time, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_INSIDE_MARKS_H_
