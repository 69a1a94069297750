// Futures and their callbacks; see futures.py.
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::Coroutine;
using loop::create_task;
using loop::Future;
using loop::sleep;
using loop::Task;

SCENARIO(future_states) {
  const Future<int> future;
  attempt(log, [&] { return future.result(); });
  attempt(log, [&] { return kind(future.exception()); });
  future.set_result(1);
  attempt(log, [&] { future.set_result(2); });
  log(future.result());
  log(future.cancel(), future.done());
  const Future<int> cancelled;
  log(cancelled.cancel());
  log(cancelled.cancel());
  log(cancelled.cancelled());
  attempt(log, [&] { return cancelled.result(); });
  attempt(log, [&] { return kind(cancelled.exception()); });
  co_return;
}

// A callback that can be told from others.
struct Say {
  template <class T>
  void operator()(const Future<T>&) const {
    log(word);
  }
  friend bool operator==(const Say& a, const Say& b) {
    return a.word == b.word;
  }
  Log log;
  std::string word;
};

SCENARIO(callbacks_run_in_the_next_turn) {
  const Future<int> future;
  future.add_done_callback(
      [log](const Future<int>& f) { log("first", f.result()); });
  future.add_done_callback(Say{log, "second"});
  create_task(ticks(log, 3));
  co_await sleep(ms(0));
  future.set_result(1);
  log("set");
  co_await sleep(ms(0));
  future.add_done_callback(Say{log, "late"});
  log("added");
  co_await sleep(ms(0));
}

Coroutine<> waiter(Log log, Task<std::string> task) {
  log(co_await task);
  log("waiter");
}

SCENARIO(callbacks_and_waiters_share_one_queue) {
  const auto task = create_task(child(log, "a", 10));
  task.add_done_callback(Say{log, "before"});
  const auto other = create_task(waiter(log, task));
  co_await sleep(ms(0));
  task.add_done_callback(Say{log, "behind"});
  co_await other;
}

SCENARIO(callbacks_can_be_removed) {
  const Say callback{log, "callback"};
  const Future<int> future;
  future.add_done_callback(callback);
  future.add_done_callback(Say{log, "stays"});
  future.add_done_callback(callback);
  log(future.remove_done_callback(callback));
  log(future.remove_done_callback(callback));
  future.set_result(1);
  co_await sleep(ms(0));
}

SCENARIO(error_in_a_done_callback_is_reported) {
  const Future<int> future;
  future.add_done_callback(Say{log, "first"});
  future.add_done_callback([log](const Future<int>&) {
    log("raises");
    throw std::invalid_argument("");
  });
  future.add_done_callback(Say{log, "last"});
  future.set_result(1);
  co_await sleep(ms(0));
}

SCENARIO(error_nobody_asks_for_is_reported) {
  const auto error = std::make_exception_ptr(std::invalid_argument(""));
  std::optional<Future<int>> future(std::in_place);
  future->set_exception(error);
  future.reset();
  log("gone");
  std::optional<Future<int>> asked(std::in_place);
  asked->set_exception(error);
  log(kind(asked->exception()));
  asked.reset();
  log("gone");
  co_return;
}

SCENARIO(task_turns_of_its_callbacks) {
  const auto task = create_task(say(log, "a"));
  task.add_done_callback([log](const Future<std::string>&) {  //
    create_task(ticks(log, 2));
  });
  create_task(steps(log, "b", 3));
  co_await task;
  log("main");
  co_await sleep(ms(1));
}

}  // namespace
}  // namespace tests
