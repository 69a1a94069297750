// Time limits and task groups; see scopes.py.
#include <optional>
#include <string>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/task_group.h"
#include "loop/timeout.h"
#include "scheduler/clock.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::Coroutine;
using loop::create_task;
using loop::current_task;
using loop::get_running_loop;
using loop::sleep;
using loop::TaskGroup;
using loop::Timeout;
using loop::timeout;

Coroutine<> two_children_in_10_ms(Log log) {
  Timeout limit = timeout(ms(10));
  co_await limit.run([&]() -> Coroutine<> {
    co_await caught(log, child(log, "a", 5));
    const Finally say_it([&] { log(limit.expired()); });
    co_await child(log, "b", 20);
  });
}

SCENARIO(timeout_expires) {
  co_await caught(log, two_children_in_10_ms(log));
  log(current_task()->cancelling());
}

SCENARIO(timeout_in_time) {
  Timeout limit = timeout(ms(20));
  co_await limit.run([&]() -> Coroutine<> { co_await child(log, "a", 10); });
  log(limit.expired());
  co_await child(log, "b", 30);
}

SCENARIO(timeout_swallowed) {
  Timeout limit = timeout(ms(10));
  co_await limit.run([&]() -> Coroutine<> { co_await stubborn(log, "a", 20); });
  log(limit.expired(), current_task()->cancelling());
}

Coroutine<> bad_clean_up_in_10_ms(Log log) {
  Timeout limit = timeout(ms(10));
  co_await limit.run(
      [&]() -> Coroutine<> { co_await bad_clean_up(log, "a", 20); });
}

SCENARIO(timeout_of_another_error) {
  co_await caught(log, bad_clean_up_in_10_ms(log));
}

Coroutine<> child_within(Log log, int limit_ms, std::string name, int after) {
  Timeout limit = timeout(ms(limit_ms));
  co_await limit.run(
      [&]() -> Coroutine<> { co_await child(log, name, after); });
}

Coroutine<> shorter_outside(Log log) {
  Timeout limit = timeout(ms(10));
  co_await limit.run(
      [&]() -> Coroutine<> { co_await child_within(log, 20, "a", 50); });
}

SCENARIO(timeout_outer_is_shorter) {
  co_await caught(log, shorter_outside(log));
}

Coroutine<> shorter_inside(Log log) {
  Timeout limit = timeout(ms(20));
  co_await limit.run([&]() -> Coroutine<> {
    co_await caught(log, child_within(log, 10, "a", 50));
    co_await child(log, "b", 50);
  });
}

SCENARIO(timeout_inner_is_shorter) {
  co_await caught(log, shorter_inside(log));
}

Coroutine<> rescheduled(Log log) {
  Timeout limit = timeout(ms(10));
  co_await limit.run([&]() -> Coroutine<> {
    limit.reschedule(get_running_loop().time() + ms(30));
    co_await child(log, "a", 20);
    limit.reschedule(std::nullopt);
    co_await child(log, "b", 50);
    limit.reschedule(get_running_loop().time() - ms(1));
    co_await child(log, "c", 10);
  });
}

SCENARIO(timeout_rescheduled) {
  co_await caught(log, rescheduled(log));
}

SCENARIO(timeout_cancelled_from_outside) {
  const auto task = create_task(child_within(log, 50, "a", 100));
  co_await sleep(ms(10));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelled(), task.cancelling());
}

Coroutine<> no_time_at_all(Log log) {
  Timeout limit = timeout(ms(0));
  co_await limit.run([&]() -> Coroutine<> {
    log("body");
    co_await child(log, "a", 10);
  });
}

SCENARIO(timeout_that_is_over_already) {
  create_task(ticks(log, 4));
  co_await caught(log, no_time_at_all(log));
}

Coroutine<> bring_another(Log log, TaskGroup* group) {
  co_await child(log, "a", 10);
  group->create_task(child(log, "late", 30));
}

SCENARIO(group_waits_for_late_children) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(bring_another(log, &group));
    group.create_task(child(log, "b", 20));
    log("body");
    co_return;
  });
  log("end");
}

SCENARIO(group_without_children) {
  create_task(ticks(log, 2));
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    log("body");
    co_return;
  });
  log("end");
}

Coroutine<> failing_child(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(child(log, "a", 50));
    group.create_task(boom(log, "b", 10));
    co_await child(log, "body", 50);
  });
}

SCENARIO(group_fails_with_a_child) {
  co_await caught(log, failing_child(log));
  log(current_task()->cancelling());
}

Coroutine<> child_that_fails_at_once(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(boom(log, "a", 0));
    group.create_task(child(log, "b", 50));
    co_await child(log, "body", 50);
  });
}

SCENARIO(group_turns_of_a_failure) {
  create_task(ticks(log, 8));
  co_await caught(log, child_that_fails_at_once(log));
}

Coroutine<> failing_body(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(tidy(log, "a", 50));
    co_await boom(log, "body", 10);
  });
}

SCENARIO(group_fails_with_its_body) {
  co_await caught(log, failing_body(log));
}

Coroutine<> failing_clean_up(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(bad_clean_up(log, "a", 50));
    group.create_task(boom(log, "b", 10));
    co_return;
  });
}

SCENARIO(group_collects_errors_of_clean_ups) {
  co_await caught(log, failing_clean_up(log));
}

SCENARIO(group_ignores_one_cancelled_child) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    const auto a = group.create_task(child(log, "a", 50));
    group.create_task(child(log, "b", 20));
    co_await sleep(ms(10));
    a.cancel();
  });
  log("end");
}

Coroutine<> body_and_a_tidy_child(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(tidy(log, "a", 50));
    co_await child(log, "body", 50);
  });
}

SCENARIO(group_cancelled_from_outside) {
  const auto task = create_task(body_and_a_tidy_child(log));
  co_await sleep(ms(10));
  task.cancel();
  co_await caught(log, task);
  log(task.cancelled());
}

Coroutine<> inner_group(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(boom(log, "a", 10));
    co_await child(log, "inner", 50);
  });
}

Coroutine<> outer_group(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(child(log, "b", 50));
    co_await inner_group(log);
  });
}

SCENARIO(groups_nest) {
  co_await caught(log, outer_group(log));
}

Coroutine<> group_within(Log log) {
  TaskGroup group;
  co_await group.run([&]() -> Coroutine<> {
    group.create_task(tidy(log, "a", 50));
    group.create_task(child(log, "b", 5));
    co_return;
  });
}

Coroutine<> limited_group(Log log) {
  Timeout limit = timeout(ms(10));
  co_await limit.run([&]() -> Coroutine<> { co_await group_within(log); });
}

SCENARIO(timeout_around_a_group) {
  co_await caught(log, limited_group(log));
}

}  // namespace
}  // namespace tests
