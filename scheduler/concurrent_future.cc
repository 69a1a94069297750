#include "scheduler/concurrent_future.h"

#include <cassert>

namespace scheduler {

bool ConcurrentSlot::set_running() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kCancelled) {
    return false;
  }
  if (state_ != State::kPending) {
    throw InvalidStateError("only a pending future can start to run");
  }
  state_ = State::kRunning;
  return true;
}

bool ConcurrentSlot::cancel() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kCancelled) {
      return true;  // and its callbacks ran at the first cancel
    }
    if (state_ != State::kPending) {
      return false;
    }
  }
  try {
    finish(State::kCancelled, [] {});
  } catch (const InvalidStateError&) {
    return state() == State::kCancelled;  // somebody was faster
  }
  return true;
}

void ConcurrentSlot::set_exception(std::exception_ptr error) {
  finish(State::kFinished, [&] { error_ = std::move(error); });
}

void ConcurrentSlot::finish(State state, const std::function<void()>& store) {
  std::vector<std::function<void()>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    const bool too_late =
        state == State::kCancelled && state_ == State::kRunning;
    if (state_ == State::kFinished || state_ == State::kCancelled || too_late) {
      throw InvalidStateError("a future is completed once");
    }
    store();
    state_ = state;
    callbacks.swap(callbacks_);
    changed_.notify_all();
  }
  // Outside the lock: a callback may ask the future anything.
  for (const std::function<void()>& callback : callbacks) {
    callback();
  }
}

ConcurrentSlot::State ConcurrentSlot::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool ConcurrentSlot::done() const {
  const State now = state();
  return now == State::kFinished || now == State::kCancelled;
}

bool ConcurrentSlot::wait_until(std::optional<TimePoint> deadline) const {
  std::unique_lock lock(mutex_);
  const auto is_done = [this] {
    return state_ == State::kFinished || state_ == State::kCancelled;
  };
  if (deadline) {
    return changed_.wait_until(lock, *deadline, is_done);
  }
  changed_.wait(lock, is_done);
  return true;
}

std::exception_ptr ConcurrentSlot::error() const {
  const std::lock_guard lock(mutex_);
  assert((state_ == State::kFinished || state_ == State::kCancelled) &&
         "an error is known only when the future is done");
  return state_ == State::kCancelled ? std::make_exception_ptr(CancelledError())
                                     : error_;
}

void ConcurrentSlot::add_done_callback(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kPending || state_ == State::kRunning) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();  // complete already: at once, here [I3]
}

}  // namespace scheduler
