// loop/sync/lock.h - one task in, the others wait.
//
// CONCEPT     In one thread nobody is interrupted between two co_awaits, so
//             what happens there needs no lock. A lock is for what happens
//             across them: read, wait for the answer, write.
//
//               const auto held = co_await lock.scoped();   // async with lock:
//
//             The guard releases at the end of its block, whichever way that
//             is left: to release never waits, so a destructor can do it.
// IN PYTHON   asyncio.Lock
// INVARIANTS  I1. Between acquire and release nobody else gets the lock.
//             I2. First come, first served: who comes while others wait, or
//                 are on their way, goes to the end.
//             I3. A lock that is free is not left lying while somebody waits:
//                 who was woken for it and cancelled wakes the next.
// THREADS     The loop's thread.
// OWNERSHIP   Outlives its users. Belongs to no task: another one may release
//             it. Not re-entrant: who acquires it twice waits for itself.
// ERRORS      RuntimeError for the release of a free lock; CancelledError.
// LEFT OUT    The true that Python's acquire() returns.
// READ NEXT   loop/sync/condition.h
#ifndef LOOP_SYNC_LOCK_H_
#define LOOP_SYNC_LOCK_H_

#include "loop/sync/wait_list.h"

namespace loop::sync {

class Lock {
 public:
  class Acquire;
  class Held;
  class Scoped;

  // co_await lock.acquire(); does not suspend if the lock is free.
  Acquire acquire();
  // Gives a guard that releases the lock when it goes.
  Scoped scoped();
  void release();
  bool locked() const { return locked_; }

 private:
  WaitList waiters_{"lock"};
  bool locked_ = false;
};

class [[nodiscard]] Lock::Acquire : public Wait {
 public:
  explicit Acquire(Lock& lock) : Wait(lock.waiters_), lock_(lock) {}
  bool await_ready() const {
    return !lock_.locked_ && lock_.waiters_.all_cancelled();  // [I2]
  }
  void await_resume() {
    if (suspended()) {
      end_wait();
    }
    lock_.locked_ = true;
  }

 protected:
  Lock& lock_;

 private:
  void end_wait();
};

class [[nodiscard]] Lock::Held {
 public:
  explicit Held(Lock& lock) : lock_(lock) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    // Free is what it is when a closing loop destroys a task in the middle of
    // Condition::wait().
    if (lock_.locked_) {
      lock_.release();
    }
  }

 private:
  Lock& lock_;
};

class [[nodiscard]] Lock::Scoped final : public Acquire {
 public:
  using Acquire::Acquire;
  Held await_resume() {
    Acquire::await_resume();
    return Held(lock_);
  }
};

inline Lock::Acquire Lock::acquire() {
  return Acquire(*this);
}
inline Lock::Scoped Lock::scoped() {
  return Scoped(*this);
}

}  // namespace loop::sync

#endif  // LOOP_SYNC_LOCK_H_
