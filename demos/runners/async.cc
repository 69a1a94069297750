// demos/runners/async.cc - one thread, one loop, a task for every item.
//
// Sleeping and sockets are awaited: the task is put aside and the loop goes on
// with others. Files cannot be awaited (the system calls them always ready), so
// each step on a file is handed to a helper thread, as the documents' libraries
// do it. Work for the CPU is neither: it keeps the loop, and all tasks wait.
//
// IN PYTHON   asyncio.gather(*map(run, items)), files by asyncio.to_thread
#include <utility>
#include <variant>

#include "demos/bodies/step.h"
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

Coroutine<Answer> answer(const Job& job, Lane& lane, bodies::Step step) {
  Answer result;
  lane.waits(reason_of(step));
  if (const auto* file = std::get_if<bodies::FileStep>(&step)) {
    result = co_await loop::to_thread(&bodies::perform, *file);
  } else {
    result = co_await await_answer(job, std::move(step));
  }
  lane.is_woken();
  lane.runs();
  co_return result;
}

Coroutine<> run_item(const Job& job, LoopItem& item) {
  bodies::Body& body =
      item.body.emplace(job.experiment->body(job.world, item.number));
  item.lane.runs();
  try {
    for (bodies::Step step = body.next();;) {
      Answer result;
      if (std::holds_alternative<bodies::CheckPoint>(step)) {
        item.lane.at_check_point();  // nobody may interrupt a task
      } else {
        result = co_await answer(job, item.lane, std::move(step));
      }
      step = body.send(std::move(result));
    }
  } catch (loop::StopWith<bodies::Value>& end) {
    item.lane.ends();
    item.value = end.value.value();
  }
  item.body.reset();
}

}  // namespace

Outcome run_async(const Job& job) {
  return run_in_loop(job, run_item);
}

}  // namespace demos::runners
