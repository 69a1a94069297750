// demos/runners/async_offload.cc - the loop only waits; helpers do the rest.
//
// CONCEPT     A task that computes keeps the loop from all others, and one that
//             hands each letter for a file to a helper pays a way there and
//             back for each letter. Both have the same cure: a helper thread
//             takes the body and drives it as far as the next thing that can
//             be awaited. So a task is in the loop while it waits and in a
//             helper while it works. [C-206]
//
//               loop    |~~~ wait ~~~|                 |~~~ wait ~~~|
//               helper               | compute, files  |
//
//             Two helpers compute at once, because nothing here holds an
//             interpreter lock. In CPython helper threads take turns at that
//             lock: there, work for the CPU goes to a pool of processes.
// IN PYTHON   await asyncio.to_thread(work), where `work` is the whole stretch
#include <optional>
#include <utility>

#include "demos/bodies/step.h"
#include "demos/runners/blocking.h"
#include "demos/runners/in_loop.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "loop/coroutine.h"
#include "loop/run_in_executor.h"
#include "loop/stop_iteration.h"

namespace demos::runners {

namespace {

using bodies::Answer;
using loop::Coroutine;

// In a helper thread: as far as the next wait, or to the end, which has none.
std::optional<bodies::Step> drive(const Job* job, LoopItem* item,
                                  std::optional<Answer> answer) {
  bodies::Body& body = *item->body;
  item->lane.runs();
  try {
    bodies::Step step = answer ? body.send(std::move(*answer)) : body.next();
    while (!can_be_awaited(step)) {
      step = body.send(answer_blocking(*job, step, item->lane));
    }
    item->lane.waits(reason_of(step));
    return step;
  } catch (loop::StopWith<bodies::Value>& end) {
    item->lane.ends();
    item->value = end.value.value();
    return std::nullopt;
  }
}

Coroutine<> run_item(const Job& job, LoopItem& item) {
  item.body.emplace(job.experiment->body(job.world, item.number));
  std::optional<Answer> answer;
  for (;;) {
    std::optional<bodies::Step> wait =
        co_await loop::to_thread(&drive, &job, &item, std::move(answer));
    if (!wait) {
      break;
    }
    answer = co_await await_answer(job, std::move(*wait));
    item.lane.is_woken();
  }
  item.body.reset();
}

}  // namespace

Outcome run_async_offload(const Job& job) {
  return run_in_loop(job, run_item);
}

}  // namespace demos::runners
