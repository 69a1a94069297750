// demos/inside_three_ways.h - what stands below a co_await.
//
// CONCEPT     One fetch, written three times: with callbacks, with a generator
//             that yields what it waits for, and with co_await. The text gets
//             straighter each time; the entry in the loop's table of
//             descriptors is there each time. [C-123] And since the entry is
//             all it takes, one thread waits for a hundred without any
//             coroutine. [C-119]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
#ifndef DEMOS_INSIDE_THREE_WAYS_H_
#define DEMOS_INSIDE_THREE_WAYS_H_

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"

namespace demos {

void show_three_ways(support::Time time, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_INSIDE_THREE_WAYS_H_
