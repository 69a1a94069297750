#include "gil_sim/lock.h"

#include <stdexcept>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread_number.h"

namespace gil_sim {

bool Lock::try_acquire() {
  const os::MutexLock lock(mutex_);
  if (locked_) {
    return false;
  }
  locked_ = true;
  return true;
}

bool Lock::acquire(std::optional<scheduler::Duration> timeout) {
  if (try_acquire()) {
    return true;
  }
  if (timeout && *timeout <= scheduler::Duration::zero()) {
    return false;  // no wait, so no reason to let go of the interpreter lock
  }
  const auto deadline = scheduler::deadline_after(timeout);
  // Opened before the mutex is locked, so closed after it is unlocked: nobody
  // waits for the interpreter lock with a mutex in his hand.
  const AllowThreads allow;
  const os::MutexLock lock(mutex_);
  ++waiting_;
  bool in_time = true;
  while (locked_ && in_time) {
    if (deadline) {
      in_time = freed_.wait_until(mutex_, *deadline);
    } else {
      freed_.wait(mutex_);
    }
  }
  --waiting_;
  if (locked_) {
    return false;  // [I2]
  }
  locked_ = true;  // [I1]
  return true;
}

void Lock::release() {
  const os::MutexLock lock(mutex_);
  if (!locked_) {
    throw std::runtime_error("release of a free lock");
  }
  locked_ = false;
  if (waiting_ > 0) {
    // Under the mutex: once it is free, who acquires the lock next may end its
    // life, and this condition with it.
    freed_.notify_one();
  }
}

bool Lock::locked() const {
  const os::MutexLock lock(mutex_);
  return locked_;
}

bool RLock::is_mine() const {
  // Relaxed: a thread reads its own number only if it has written it itself.
  return owner_.load(std::memory_order_relaxed) == thread_number();
}

bool RLock::acquire(std::optional<scheduler::Duration> timeout) {
  if (!is_mine()) {
    if (!lock_.acquire(timeout)) {
      return false;
    }
    // Relaxed, here and in release(): only the thread that stored its own
    // number can read it back as its own, and it sees its own stores in order.
    owner_.store(thread_number(), std::memory_order_relaxed);
  }
  ++depth_;
  return true;
}

void RLock::release() {
  if (!is_mine()) {
    throw std::runtime_error("only its owner releases a re-entrant lock");
  }
  if (--depth_ == 0) {
    // Before the lock is free: the next owner writes here too.
    owner_.store(0, std::memory_order_relaxed);
    lock_.release();
  }
}

}  // namespace gil_sim
