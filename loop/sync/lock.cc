#include "loop/sync/lock.h"

#include <stdexcept>

namespace loop::sync {

void Lock::Acquire::end_wait() {
  try {
    Wait::await_resume();
  } catch (...) {
    // Also if it was never woken: a release() that found it in front, cancelled
    // but not yet gone, has left the waking to it. [I3]
    if (!list_is_gone() && !lock_.locked_) {
      lock_.waiters_.wake_first();
    }
    throw;
  }
}

void Lock::release() {
  if (!locked_) {
    throw std::runtime_error("a lock that is free cannot be released");
  }
  locked_ = false;
  // It is nobody's until the one who was woken has its turn; newcomers queue
  // behind it. [I2]
  waiters_.wake_first();
}

}  // namespace loop::sync
