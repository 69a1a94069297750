// demos/thread_basics_more.h - joins in the wrong place, daemons, a pool.
//
// CONCEPT     To join at once is to wait at once: five threads of which no two
//             ever live at the same time. A daemon is not waited for when the
//             program ends. And a pool hands out jobs, which is no more than a
//             queue; who of its threads has a CPU is decided elsewhere.
//             [C-042] [C-049] [C-050]
// THREADS     The main one.
// OWNERSHIP   Owns nothing; threads and processes have ended on return.
#ifndef DEMOS_THREAD_BASICS_MORE_H_
#define DEMOS_THREAD_BASICS_MORE_H_

#include "demos/support/report.h"

namespace demos {

void show_join_in_loop(support::Verdicts& verdicts);
void show_daemons(support::Verdicts& verdicts);
void show_pool(support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_THREAD_BASICS_MORE_H_
