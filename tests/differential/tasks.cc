// When tasks run, and how they are cancelled; see tasks.py.
#include <exception>
#include <string>
#include <vector>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/wait.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::Coroutine;
using loop::create_task;
using loop::EventLoop;
using loop::Future;
using loop::get_running_loop;
using loop::sleep;
using loop::Task;

SCENARIO(create_task_runs_nothing_yet) {
  const auto task = create_task(say(log, "task"));
  log("created");
  co_await sleep(ms(0));
  log("main", task.done());
  log(co_await task);
}

SCENARIO(direct_await_stays_in_its_turn) {
  create_task(say(log, "task"));
  co_await say(log, "direct");
  log("after");
  co_await sleep(ms(0));
  log("end");
}

SCENARIO(done_future_does_not_suspend) {
  const Future<int> done;
  done.set_result(1);
  get_running_loop().call_soon(log, "callback");
  log(co_await done);
  log("main");
  co_await sleep(ms(0));
}

SCENARIO(round_robin) {
  co_await gather(steps(log, "a", 3), steps(log, "b", 2), steps(log, "c", 4));
}

SCENARIO(zero_and_negative_sleeps) {
  co_await gather(child(log, "d", 20), child(log, "c", 10), child(log, "b", -1),
                  child(log, "a", 0));
}

SCENARIO(sleepers_wake_by_deadline) {
  co_await gather(child(log, "c", 30), child(log, "a", 10),
                  child(log, "b", 20));
}

SCENARIO(sleeper_goes_on_a_turn_after_its_timer) {
  EventLoop& loop = get_running_loop();
  create_task(child(log, "sleeper", 10));
  co_await sleep(ms(0));
  loop.call_later(ms(10), [log, &loop] {
    log("timer");
    loop.call_soon(log, "soon");
  });
  co_await sleep(ms(20));
}

Text relay(Log log, Task<std::string> inner, std::string name) {
  log(co_await inner);
  log(name);
  co_return name;
}

SCENARIO(tasks_await_tasks) {
  const auto a = create_task(child(log, "a", 10));
  const auto b = create_task(relay(log, a, "b"));
  const auto c = create_task(relay(log, b, "c"));
  create_task(ticks(log, 3));
  log(co_await c);
}

SCENARIO(task_turns_after_a_result) {
  const auto a = create_task(say(log, "a"));
  create_task(ticks(log, 5));
  co_await a;
  log("main");
  co_await create_task(say(log, "b"));
  log("main");
}

SCENARIO(failed_task_fails_every_await) {
  const auto task = create_task(boom(log, "a", 10));
  co_await caught(log, task);
  co_await caught(log, task);
  log(kind(task.exception()));
}

Coroutine<> name_and_result(Log log, std::string name, Future<int> future) {
  const int result = co_await future;
  log(name, result);
}

SCENARIO(waiters_resume_in_order) {
  const Future<int> future;
  for (const char* name : {"a", "b", "c"}) {
    create_task(name_and_result(log, name, future));
  }
  co_await sleep(ms(0));
  future.set_result(7);
  log("set");
  co_await sleep(ms(1));
}

SCENARIO(cancel_before_start) {
  const auto task = create_task(child(log, "a", 10));
  log(task.cancel());
  log(task.done());
  co_await caught(log, task);
  log(task.cancelled());
}

SCENARIO(cancel_in_sleep) {
  const auto task = create_task(child(log, "a", 10));
  co_await sleep(ms(0));
  create_task(ticks(log, 4));
  log(task.cancel());
  log(task.done());
  co_await caught(log, task);
  log(task.cancelled());
  log(task.cancel());
}

template <class Awaitable>
Coroutine<> await_and_finally(Log log, Awaitable inner, std::string word) {
  const Finally say_it([&] { log(word); });
  co_await std::move(inner);
}

SCENARIO(cancel_in_await_of_a_task) {
  const auto inner = create_task(child(log, "inner", 10));
  const auto outer = create_task(await_and_finally(log, inner, "outer"));
  co_await sleep(ms(0));
  create_task(ticks(log, 5));
  co_await sleep(ms(0));
  outer.cancel();
  co_await caught(log, outer);
  log(inner.cancelled(), outer.cancelled());
}

SCENARIO(cancel_travels_through_coroutines) {
  const auto task =
      create_task(await_and_finally(log, child(log, "inner", 10), "outer"));
  co_await sleep(ms(0));
  task.cancel();
  co_await caught(log, task);
}

SCENARIO(cancel_swallowed) {
  const auto task = create_task(stubborn(log, "a", 10));
  co_await sleep(ms(0));
  task.cancel();
  log(co_await task);
  log(task.cancelled(), task.cancelling());
}

SCENARIO(cancel_twice_is_delivered_once) {
  const auto task = create_task(stubborn(log, "a", 10));
  co_await sleep(ms(0));
  log(task.cancel());
  log(task.cancel());
  log(task.cancelling());
  co_await caught(log, task);
}

SCENARIO(cancel_interrupts_a_clean_up) {
  const auto task = create_task(tidy(log, "a", 20));
  co_await sleep(ms(0));
  task.cancel();
  co_await sleep(ms(1));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelling());
}

SCENARIO(uncancel_counts) {
  const auto task = create_task(child(log, "a", 10));
  co_await sleep(ms(0));
  task.cancel();
  task.cancel();
  log(task.uncancel());
  log(task.uncancel());
  log(task.uncancel());
  co_await caught(log, task);
}

SCENARIO(error_replaces_a_cancellation) {
  const auto task = create_task(bad_clean_up(log, "a", 20));
  co_await sleep(ms(0));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelled());
}

SCENARIO(inner_swallows_the_outer_cancellation) {
  const auto inner = create_task(stubborn(log, "inner", 10));
  const auto outer = create_task(caught(log, inner));
  co_await sleep(ms(1));
  outer.cancel();
  co_await outer;
  log(outer.cancelled(), outer.cancelling());
}

Coroutine<> await_it(Future<int> future) {
  co_await future;
}

SCENARIO(cancelled_future_cancels_who_waits) {
  const Future<int> future;
  const std::vector<Task<void>> tasks = {create_task(await_it(future)),
                                         create_task(caught(log, future))};
  co_await sleep(ms(0));
  log(future.cancel());
  co_await wait(tasks);
  log(tasks[0].cancelled(), tasks[1].cancelled());
}

Coroutine<> write_result(Log log, Future<std::string> future) {
  log(co_await future);
}

SCENARIO(cancel_comes_after_the_result) {
  const Future<std::string> future;
  const auto task = create_task(write_result(log, future));
  co_await sleep(ms(0));
  future.set_result("result");
  log(task.cancel());
  co_await caught(log, task);
}

Coroutine<> suicide(Log log) {
  log(loop::current_task()->cancel());
  log("goes on");
  co_await sleep(ms(0));
  log("never");
}

SCENARIO(task_cancels_itself) {
  co_await caught(log, create_task(suicide(log)));
}

Coroutine<> last_words(Log log) {
  log(loop::current_task()->cancel());
  co_return;
}

SCENARIO(task_cancels_itself_in_its_last_turn) {
  const auto task = create_task(last_words(log));
  co_await caught(log, task);
  log(task.cancelled());
}

}  // namespace
}  // namespace tests
