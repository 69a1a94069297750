// demos/await_vs_task_more.h - awaits that need not wait, and what nobody
// awaits.
//
// CONCEPT     Three questions that follow from the two methods. Does every
//             co_await give control back? What becomes of a coroutine, and of
//             an error, that nobody awaits? And when is which method right?
//             [C-097] [C-077] [C-106] [C-107]
// THREADS     One.
// OWNERSHIP   Borrow the verdicts for the call.
#ifndef DEMOS_AWAIT_VS_TASK_MORE_H_
#define DEMOS_AWAIT_VS_TASK_MORE_H_

#include "demos/support/demo_loop.h"
#include "demos/support/report.h"

namespace demos {

void await_what_is_ready(support::Time time, support::Verdicts& verdicts);
void forget_to_await(support::Time time, support::Verdicts& verdicts);
void await_three_in_both_ways(support::Time time, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_AWAIT_VS_TASK_MORE_H_
