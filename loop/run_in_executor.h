// loop/run_in_executor.h - what blocks goes to another thread.
//
// CONCEPT     A call that blocks would hold the whole loop. Handed to an
//             executor it blocks one of its threads instead, and the task
//             waits for a future like for anything else. The result comes back
//             through the inbox: the other thread delivers a number, the
//             loop's thread does the rest.
//
//               task --submit--> [executor thread: blocks, computes]
//                 '--co_await future <-- inbox <---- done ---'
//
// IN PYTHON   loop.run_in_executor, asyncio.to_thread, asyncio.wrap_future
// INVARIANTS  I1. No handle of a loop's future is touched by another thread.
//             I2. Cancelling the future cancels the job if it has not begun;
//                 one that has begun runs on, its result is dropped.
// THREADS     The loop's thread.
// OWNERSHIP   The loop borrows an executor passed by reference.
// ERRORS      What the job throws, or its result on the way; RuntimeError
//             without default executor.
// READ NEXT   loop/threadsafe.h
#ifndef LOOP_RUN_IN_EXECUTOR_H_
#define LOOP_RUN_IN_EXECUTOR_H_

#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/inbox.h"
#include "loop/runnable.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/executor.h"

namespace loop {

// How the result leaves the source: somebody else may ask for it as well, or
// nobody has a handle but us.
enum class Carry : bool { kCopies, kMoves };

// Stands in the loop's thread and carries the result over when it has come.
template <class T, Carry carry>
struct Arrival final : Runnable {
  Arrival(Future<T> to, scheduler::ConcurrentFuture<T> from)
      : target(std::move(to)), source(std::move(from)) {}
  void run() override {
    const std::unique_ptr<Arrival> self(this);
    if (target.done()) {
      return;  // cancelled meanwhile [I2]
    }
    if (source.cancelled()) {
      target.cancel();
    } else if (const std::exception_ptr error = source.exception()) {
      target.set_exception(error);
    } else {
      try {
        carry_over();
      } catch (...) {  // moving or copying it failed
        target.set_exception(std::current_exception());
      }
    }
  }
  void discard() override { delete this; }
  std::string describe() const override { return "result of another thread"; }

  void carry_over() {
    if constexpr (std::is_void_v<T>) {
      target.set_result();
    } else if constexpr (carry == Carry::kMoves) {
      target.set_result(source.take_result());
    } else {
      target.set_result(source.result());
    }
  }

  const Future<T> target;
  scheduler::ConcurrentFuture<T> source;
};

// A future of the running loop for one of another thread.
template <Carry carry = Carry::kCopies, class T>
Future<T> wrap_future(scheduler::ConcurrentFuture<T> source) {
  const std::shared_ptr<Inbox> inbox = get_running_loop().inbox();
  Future<T> target;
  const uint64_t number = inbox->expect(*new Arrival<T, carry>(target, source));
  // Runs in whichever thread completes the source; knows only a number. [I1]
  source.add_done_callback(
      [inbox, number](const auto&) { inbox->deliver(number); });
  target.add_done_callback([source](const Future<T>& done) mutable {
    if (done.cancelled()) {
      source.cancel();
    }
  });
  return target;
}

// Submits at once: the job may begin before anybody awaits it.
template <class Function, class... Arguments>
auto run_in_executor(scheduler::Executor& executor, Function function,
                     Arguments... arguments) {
  return wrap_future<Carry::kMoves>(
      executor.submit(std::move(function), std::move(arguments)...));
}

// In the default executor of the running loop, and only when awaited. A
// coroutine, so the arguments stand in its frame.
template <class Function, class... Arguments>
auto to_thread(Function function, Arguments... arguments)
    -> Coroutine<std::invoke_result_t<Function, Arguments...>> {
  // Two lines: GCC 12 would destroy a closure in the co_await expression twice.
  auto future = run_in_executor(get_running_loop().default_executor(),
                                std::move(function), std::move(arguments)...);
  co_return co_await std::move(future);
}

}  // namespace loop

#endif  // LOOP_RUN_IN_EXECUTOR_H_
