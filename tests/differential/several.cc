// Waiting for several things, and for one in several ways; see several.py.
#include <exception>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "loop/as_completed.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/shield.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/wait.h"
#include "loop/wait_for.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::as_completed;
using loop::Coroutine;
using loop::create_task;
using loop::Future;
using loop::gather;
using loop::ReturnWhen;
using loop::shield;
using loop::sleep;
using loop::Task;
using loop::wait;
using loop::wait_for;
using Tasks = std::vector<Task<std::string>>;

SCENARIO(gather_in_order_of_arguments) {
  log(co_await gather(
      list(child(log, "a", 30), child(log, "b", 10), child(log, "c", 20))));
}

SCENARIO(gather_takes_a_turn) {
  const Future<int> done;
  done.set_result(1);
  create_task(ticks(log, 4));
  const auto both = gather(list(done, done));
  log(both.done());
  log(co_await both);
  log(co_await gather(std::vector<Future<int>>()));
  log("nothing");
}

SCENARIO(gather_ends_with_the_first_error) {
  co_await caught(log, gather(list(child(log, "a", 30), boom(log, "b", 10),
                                   boom(log, "c", 20))));
  co_await sleep(ms(40));
}

SCENARIO(gather_turns_of_an_error) {
  create_task(ticks(log, 6));
  co_await caught(log, gather(list(boom(log, "a", 0), say(log, "b"))));
  log("main");
}

SCENARIO(gather_keeps_errors) {
  const auto results = co_await gather(loop::return_exceptions,
                                       child(log, "a", 30), boom(log, "b", 10));
  log(std::get<0>(results).value());
  log(kind(std::get<1>(results).error()));
}

Coroutine<> both_children(Log log) {
  co_await gather(child(log, "a", 10), child(log, "b", 20));
}

SCENARIO(gather_cancelled) {
  const auto task = create_task(both_children(log));
  co_await sleep(ms(1));
  create_task(ticks(log, 5));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelled());
}

Coroutine<> a_tidy_one_and_another(Log log) {
  co_await gather(tidy(log, "a", 50), child(log, "b", 20));
}

SCENARIO(gather_cancelled_waits_for_clean_ups) {
  const auto task = create_task(a_tidy_one_and_another(log));
  co_await sleep(ms(1));
  task.cancel();
  co_await caught(log, task);
}

SCENARIO(gather_of_a_cancelled_child) {
  const auto a = create_task(child(log, "a", 10));
  const auto b = create_task(child(log, "b", 20));
  const auto both = gather(a, b);
  co_await sleep(ms(0));
  a.cancel();
  try {
    co_await both;
  } catch (...) {
    log(kind(std::current_exception()));
  }
  const std::string result = co_await b;
  log(both.cancelled(), result);
}

SCENARIO(gather_keeps_a_cancellation) {
  const auto a = create_task(child(log, "a", 10));
  const auto both = gather(loop::return_exceptions, a, child(log, "b", 20));
  co_await sleep(ms(0));
  a.cancel();
  const auto results = co_await both;
  log(kind(std::get<0>(results).error()));
  log(std::get<1>(results).value());
}

SCENARIO(wait_for_the_first) {
  const Tasks tasks = {create_task(child(log, "a", 20)),
                       create_task(child(log, "b", 10))};
  const auto [done, pending] =
      co_await wait(tasks, std::nullopt, ReturnWhen::kFirstCompleted);
  log(done.size(), pending.size(), done[0] == tasks[1]);
  co_await wait(tasks, std::nullopt, ReturnWhen::kAllCompleted);
}

SCENARIO(wait_for_the_first_error) {
  const Tasks tasks = {create_task(child(log, "a", 10)),
                       create_task(boom(log, "b", 20)),
                       create_task(child(log, "c", 30))};
  const auto [done, pending] =
      co_await wait(tasks, std::nullopt, ReturnWhen::kFirstException);
  log(done.size(), pending.size(), kind(tasks[1].exception()));
  co_await tasks[2];
}

SCENARIO(wait_for_all_raises_nothing) {
  const Tasks tasks = {create_task(child(log, "a", 10)),
                       create_task(boom(log, "b", 5))};
  create_task(ticks(log, 2));
  const auto [done, pending] = co_await wait(tasks);
  log(done.size(), pending.size(), kind(tasks[1].exception()));
}

SCENARIO(wait_takes_a_turn) {
  const Tasks tasks = {create_task(say(log, "a")), create_task(say(log, "b"))};
  create_task(ticks(log, 5));
  co_await wait(tasks, std::nullopt, ReturnWhen::kFirstCompleted);
  log("main");
  co_await wait(tasks);
  log("at once");
}

SCENARIO(wait_with_a_limit) {
  const Tasks tasks = {create_task(child(log, "a", 10)),
                       create_task(child(log, "b", 30))};
  const auto [done, pending] = co_await wait(tasks, ms(20));
  const std::string result = co_await tasks[1];
  log(done.size(), pending.size(), result);
}

Coroutine<> only_wait(Task<std::string> inner) {
  co_await wait(list(inner));
}

SCENARIO(wait_cancelled_cancels_nobody) {
  const auto inner = create_task(child(log, "inner", 20));
  const auto task = create_task(only_wait(inner));
  co_await sleep(ms(1));
  task.cancel();
  co_await caught(log, task);
  log(co_await inner);
}

SCENARIO(wait_for_in_time) {
  create_task(ticks(log, 4));
  co_await caught(log, wait_for(say(log, "a"), ms(50)));
  co_await caught(log, wait_for(boom(log, "b", 10), ms(50)));
  co_await caught(log, wait_for(say(log, "c"), std::nullopt));
}

SCENARIO(wait_for_too_late) {
  create_task(child(log, "watch", 10));
  co_await caught(log, wait_for(child(log, "a", 30), ms(20)));
  co_await caught(log, wait_for(tidy(log, "b", 30), ms(20)));
}

SCENARIO(wait_for_no_time_at_all) {
  const Future<std::string> done;
  done.set_result("done");
  co_await caught(log, wait_for(done, ms(0)));
  co_await caught(log, wait_for(Future<int>(), ms(0)));
  co_await caught(log, wait_for(create_task(child(log, "a", 10)), ms(-1)));
}

SCENARIO(wait_for_what_the_inner_answers) {
  co_await caught(log, wait_for(stubborn(log, "a", 30), ms(10)));
  co_await caught(log, wait_for(bad_clean_up(log, "b", 30), ms(10)));
}

SCENARIO(wait_for_cancelled) {
  const auto task = create_task(wait_for(tidy(log, "a", 50), ms(100)));
  co_await sleep(ms(1));
  create_task(ticks(log, 3));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelled());
}

SCENARIO(as_completed_in_order_of_ends) {
  for (Text& next : as_completed(list(child(log, "a", 30), boom(log, "b", 20),
                                      child(log, "c", 10)))) {
    co_await caught(log, std::move(next));
  }
}

SCENARIO(as_completed_with_a_limit) {
  const Tasks tasks = {create_task(child(log, "a", 10)),
                       create_task(child(log, "b", 40))};
  for (Text& next : as_completed(tasks, ms(20))) {
    co_await caught(log, std::move(next));
  }
  log(co_await tasks[1]);
}

Coroutine<> wait_for_shield(Task<std::string> inner) {
  co_await shield(inner);
}

SCENARIO(shield_keeps_a_cancellation_off) {
  const auto inner = create_task(child(log, "inner", 20));
  const auto outer = create_task(wait_for_shield(inner));
  co_await sleep(ms(1));
  outer.cancel();
  co_await caught(log, outer);
  log(inner.done());
  log(co_await inner);
}

SCENARIO(shield_passes_on_what_comes_from_inside) {
  const auto inner = create_task(child(log, "inner", 20));
  create_task(ticks(log, 5));
  const auto shielded = shield(inner);
  co_await sleep(ms(0));
  inner.cancel();
  co_await caught(log, shielded);
  co_await caught(log, shield(boom(log, "b", 10)));
  co_await caught(log, wait_for(shield(child(log, "c", 30)), ms(10)));
  co_await sleep(ms(30));
}

}  // namespace
}  // namespace tests
