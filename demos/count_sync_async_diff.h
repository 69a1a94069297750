// demos/count_sync_async_diff.h - how much of a source changes with co_await.
//
// CONCEPT     Cooperation has its price in the source: who waits must say so,
//             and so must everybody who calls him. Here the two forms of the
//             demo are read from its own source and compared line by line.
//             [C-068]
// THREADS     One.
// OWNERSHIP   Borrows the verdicts for the call.
// ERRORS      std::runtime_error if the source is not there.
#ifndef DEMOS_COUNT_SYNC_ASYNC_DIFF_H_
#define DEMOS_COUNT_SYNC_ASYNC_DIFF_H_

#include "demos/support/report.h"

namespace demos {

void show_diff(support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_COUNT_SYNC_ASYNC_DIFF_H_
