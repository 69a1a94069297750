#include "scheduler/concurrent_future.h"

#include <cassert>
#include <cstdio>

#include "scheduler/blocking.h"

namespace scheduler {

namespace {

// An error of a callback concerns neither who completes the future nor the
// other callbacks.
void call(const std::function<void()>& callback) noexcept {
  try {
    callback();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "exception in a callback of a future: %s\n",
                 error.what());
  } catch (...) {
    std::fprintf(stderr, "exception in a callback of a future\n");
  }
}

}  // namespace

ConcurrentSlot::~ConcurrentSlot() {
  delete observers_.load();
}

bool ConcurrentSlot::set_running() {
  Phase seen = kPending;
  if (phase_.compare_exchange_strong(seen, kRunning)) {
    return true;
  }
  if (seen != kCancelled) {
    throw InvalidStateError("only a pending future can start to run");
  }
  return false;
}

bool ConcurrentSlot::cancel() {
  Phase seen = kPending;
  if (phase_.compare_exchange_strong(seen, kCancelled)) {
    tell_observers();
    return true;
  }
  return seen == kCancelled;
}

void ConcurrentSlot::set_exception(std::exception_ptr error) {
  claim();
  publish_error(std::move(error));
}

void ConcurrentSlot::claim() {
  Phase seen = phase_;
  do {
    if (seen != kPending && seen != kRunning) {
      throw InvalidStateError("a future is completed once");
    }
  } while (!phase_.compare_exchange_weak(seen, kStoring));
}

void ConcurrentSlot::publish() {
  phase_ = kFinished;
  tell_observers();
}

void ConcurrentSlot::publish_error(std::exception_ptr error) {
  error_ = std::move(error);
  publish();
}

void ConcurrentSlot::tell_observers() {
  Observers* const observers = observers_;
  if (observers == nullptr) {
    return;
  }
  std::vector<Callback> callbacks;
  {
    const std::lock_guard lock(observers->mutex);
    callbacks.swap(observers->callbacks);
    observers->changed.notify_all();
  }
  // Outside the lock: a callback may ask the future anything.
  for (const Callback& callback : callbacks) {
    call(callback.call);
  }
}

ConcurrentSlot::Observers& ConcurrentSlot::observers() const {
  Observers* known = observers_;
  if (known == nullptr) {
    auto fresh = std::make_unique<Observers>();
    if (observers_.compare_exchange_strong(known, fresh.get())) {
      known = fresh.release();
    }
  }
  return *known;
}

ConcurrentSlot::State ConcurrentSlot::state() const {
  switch (phase_.load()) {
    case kPending:
      return State::kPending;
    case kRunning:
    case kStoring:
      return State::kRunning;
    case kFinished:
      return State::kFinished;
    case kCancelled:
      return State::kCancelled;
  }
  return State::kPending;
}

bool ConcurrentSlot::done() const {
  const Phase now = phase_;
  return now == kFinished || now == kCancelled;
}

bool ConcurrentSlot::wait_until(std::optional<TimePoint> deadline) const {
  if (done()) {
    return true;
  }
  Observers& observers = this->observers();
  // Outlives the lock: to get back what it gives up may take until another
  // thread has been behind the mutex.
  const BlockingScope blocking;
  std::unique_lock lock(observers.mutex);
  const auto is_done = [this] { return done(); };
  if (deadline) {
    return observers.changed.wait_until(lock, *deadline, is_done);
  }
  observers.changed.wait(lock, is_done);
  return true;
}

std::exception_ptr ConcurrentSlot::error() const {
  assert(done() && "an error is known only when the future is done");
  return phase_ == kCancelled ? std::make_exception_ptr(CancelledError())
                              : error_;
}

void ConcurrentSlot::add_done_callback(std::function<void()> callback,
                                       const void* owner) {
  if (!done()) {
    Observers& observers = this->observers();
    const std::lock_guard lock(observers.mutex);
    if (!done()) {
      observers.callbacks.push_back({std::move(callback), owner});
      return;
    }
  }
  call(callback);  // complete already: at once, here [I3]
}

void ConcurrentSlot::remove_done_callbacks(const void* owner) {
  if (Observers* const observers = observers_) {
    const std::lock_guard lock(observers->mutex);
    std::erase_if(observers->callbacks, [owner](const Callback& callback) {
      return callback.owner == owner;
    });
  }
}

}  // namespace scheduler
