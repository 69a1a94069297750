// demos/runners/in_loop.h - a loop of its own, and a task for every item.
//
// CONCEPT     What all models with a loop have in common: the loop, its helper
//             threads, as many tasks as there may be at a time, and the two
//             steps that can be awaited - a time and a page. What they do with
//             the steps that cannot is what they differ in.
//
//               async          run_in_loop(job, a coroutine that sends each
//                                          file step to a helper)
//               async_offload  run_in_loop(job, one that sends all between two
//                                          waits)
//
// IN PYTHON   asyncio.run(main()), in which main() gathers
// INVARIANTS  I1. No more than job.limit items are under way.
//             I2. An item and its body live until the loop and its helpers are
//                 gone: a task may be cancelled while a helper is at its file.
// THREADS     The thread that calls; helpers touch an item only while its task
//             waits for them.
// OWNERSHIP   Owns loop, helpers and items for the length of the call; borrows
//             the job.
// ERRORS      That of the first item to fail; the others are cancelled.
// READ NEXT   demos/runners/async.cc
#ifndef DEMOS_RUNNERS_IN_LOOP_H_
#define DEMOS_RUNNERS_IN_LOOP_H_

#include <optional>

#include "demos/bodies/step.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "loop/coroutine.h"
#include "scheduler/trace.h"

namespace demos::runners {

struct LoopItem {
  LoopItem(bool records, int item) : number(item), lane(records, item) {}
  const int number;
  Lane lane;
  std::optional<bodies::Body> body;  // from its start to its end [I2]
  bodies::Value value = 0;
};

// Runs the body to its end and sets the value.
using RunItem = loop::Coroutine<> (*)(const Job& job, LoopItem& item);

Outcome run_in_loop(const Job& job, RunItem run_item);

// True for the steps that a loop can wait for: a time and a page.
bool can_be_awaited(const bodies::Step& step);

// Awaits such a step.
loop::Coroutine<bodies::Answer> await_answer(const Job& job, bodies::Step step);

// Which wait it is, for the picture.
scheduler::Reason reason_of(const bodies::Step& step);

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_IN_LOOP_H_
