#include "exercises/async_mutex.h"

#include <exception>
#include <stdexcept>

#include "loop/coroutine.h"
#include "loop/future.h"
#include "scheduler/errors.h"

namespace exercises {

loop::Coroutine<> AsyncMutex::acquire() {
  if (!locked_) {
    locked_ = true;
    co_return;
  }
  const loop::Future<void> turn;
  waiting_.push_back(turn);
  try {
    co_await turn;
  } catch (const scheduler::CancelledError&) {
    if (!turn.cancelled()) {
      release();  // it was given to us before we were cancelled
    }
    throw;
  }
}

void AsyncMutex::release() {
  if (!locked_) {
    throw std::runtime_error("a mutex that is free cannot be released");
  }
  // It stays locked on its way to the next, so nobody can step in between.
  while (!waiting_.empty()) {
    const loop::Future<void> next = waiting_.front();
    waiting_.pop_front();
    if (!next.cancelled()) {
      next.set_result();
      return;
    }
  }
  locked_ = false;
}

}  // namespace exercises
