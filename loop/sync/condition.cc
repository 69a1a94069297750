#include "loop/sync/condition.h"

#include <stdexcept>

#include "scheduler/errors.h"

namespace loop::sync {

using scheduler::CancelledError;

Coroutine<> Condition::wait() {
  must_be_held();
  lock_.release();
  Wait notification(waiters_);
  bool cancelled = false;
  try {
    co_await notification;
  } catch (const CancelledError&) {
    cancelled = true;
  }
  // Whatever has happened, the caller is promised the lock. [I1]
  for (bool held = false; !held;) {
    try {
      co_await lock_.acquire();
      held = true;
    } catch (const CancelledError&) {
      cancelled = true;
    }
  }
  if (cancelled) {
    if (notification.woken()) {
      waiters_.wake_next();  // [I3]
    }
    throw CancelledError();
  }
}

void Condition::notify(size_t n) {
  must_be_held();
  while (n > 0 && waiters_.wake_next()) {  // [I2]
    --n;
  }
}

void Condition::notify_all() {
  must_be_held();
  waiters_.wake_all();
}

void Condition::must_be_held() const {
  if (!locked()) {
    throw std::runtime_error("a condition is used with its lock held");
  }
}

}  // namespace loop::sync
