// loop/ensure_future.h - whatever can be awaited, as a future.
//
// CONCEPT     Functions that wait for several things at once (gather, wait)
//             need futures, because a future can be asked and waited for by
//             many. A future is one already; a coroutine becomes a task, and so
//             begins to run; anything else that can be awaited, such as a
//             sleep, is wrapped into a coroutine first.
// IN PYTHON   asyncio.ensure_future
// INVARIANTS  I1. A future given is the future returned.
// THREADS     The loop's thread.
// OWNERSHIP   Moves what it is given into the task.
// READ NEXT   loop/gather.h
#ifndef LOOP_ENSURE_FUTURE_H_
#define LOOP_ENSURE_FUTURE_H_

#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/task.h"

namespace loop {

template <class T>
Future<T> ensure_future(Future<T> future) {
  return future;  // [I1]
}

template <class T>
Future<T> ensure_future(Task<T> task) {
  return task;
}

template <class T>
Future<T> ensure_future(Coroutine<T> coroutine) {
  return create_task(std::move(coroutine));
}

// An awaiter that needs no operator co_await: Sleep and the like.
template <class Awaiter>
requires requires(Awaiter awaiter) {
  awaiter.await_resume();
}
auto ensure_future(Awaiter awaiter) {
  using Result = decltype(awaiter.await_resume());
  constexpr auto run = [](Awaiter what) -> Coroutine<Result> {
    co_return co_await what;
  };
  return ensure_future(run(std::move(awaiter)));
}

// What awaiting an A gives.
template <class A>
using ResultOf = typename decltype(ensure_future(std::declval<A>()))::Result;

}  // namespace loop

#endif  // LOOP_ENSURE_FUTURE_H_
