// ipc/async_result.h - a result that a pool will deliver, or not.
//
// CONCEPT     Who hands work to a pool without waiting holds a ticket: ask
//             whether it is ready, wait for it, get the value or the error.
// IN PYTHON   multiprocessing.pool.AsyncResult
// INVARIANTS  I1. ready() goes from false to true once, when the last part of
//                 the work has ended; never, if the pool was terminated first.
// THREADS     Any.
// OWNERSHIP   Handles share one future; the pool may be gone before them.
// ERRORS      std::invalid_argument from successful() before the end,
//             scheduler::TimeoutError from get(); CancelledError from get() if
//             the pool was terminated, where Python would wait for ever.
// READ NEXT   ipc/process_pool.h
#ifndef IPC_ASYNC_RESULT_H_
#define IPC_ASYNC_RESULT_H_

#include <optional>
#include <stdexcept>
#include <utility>

#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"

namespace ipc {

template <class T>
class AsyncResult {
 public:
  explicit AsyncResult(scheduler::ConcurrentFuture<T> future)
      : future_(std::move(future)) {}

  bool ready() const { return future_.done() && !future_.cancelled(); }  // [I1]

  // Did it end without an error?
  bool successful() const {
    if (!ready()) {
      throw std::invalid_argument("the result is not ready");
    }
    return future_.exception() == nullptr;
  }

  // Waits for it, without looking at it; says whether it is ready.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt) const {
    try {
      future_.exception(timeout);
    } catch (const scheduler::TimeoutError&) {
    }
    return ready();
  }

  // The value, or throws the error. May be repeated after a TimeoutError.
  T get(std::optional<scheduler::Duration> timeout = std::nullopt) const {
    return future_.result(timeout);
  }

 private:
  scheduler::ConcurrentFuture<T> future_;
};

}  // namespace ipc

#endif  // IPC_ASYNC_RESULT_H_
