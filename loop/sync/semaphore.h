// loop/sync/semaphore.h - so many tasks in, the others wait.
//
// CONCEPT     A counter of permits: acquire takes one and waits while there
//             are none, release brings one back. It bounds how many do
//             something at once: ten downloads of a thousand. A release hands
//             its permit to the task that has waited longest, there and then:
//             no newcomer can take it on the way. The bounded one refuses more
//             permits than it began with, which finds a release too many.
// IN PYTHON   asyncio.Semaphore, asyncio.BoundedSemaphore
// INVARIANTS  I1. permits = initial + released - acquired, never negative.
//             I2. First come, first served, as with a lock.
//             I3. Who was given a permit and cancelled gives it on.
// THREADS     The loop's thread.
// OWNERSHIP   Outlives its users.
// ERRORS      ValueError for a negative start, and for growing beyond the
//             bound; CancelledError.
// LEFT OUT    Taking or releasing several permits at once.
// READ NEXT   loop/sync/barrier.h
#ifndef LOOP_SYNC_SEMAPHORE_H_
#define LOOP_SYNC_SEMAPHORE_H_

#include <limits>

#include "loop/sync/wait_list.h"

namespace loop::sync {

class Semaphore {
 public:
  class Acquire;
  class Held;
  class Scoped;

  explicit Semaphore(int permits = 1)
      : Semaphore(permits, std::numeric_limits<int>::max()) {}

  // co_await semaphore.acquire(); does not suspend unless locked().
  Acquire acquire();
  // Gives a guard that brings the permit back when it goes.
  Scoped scoped();
  void release();
  // True if an acquire would have to wait.
  bool locked() const { return permits_ == 0 || !waiters_.all_cancelled(); }

 protected:
  Semaphore(int permits, int bound);

 private:
  void hand_on();

  const int bound_;
  int permits_;  // that nobody holds or was promised
  WaitList waiters_{"semaphore"};
};

class BoundedSemaphore final : public Semaphore {
 public:
  explicit BoundedSemaphore(int permits = 1) : Semaphore(permits, permits) {}
};

class [[nodiscard]] Semaphore::Acquire : public Wait {
 public:
  explicit Acquire(Semaphore& semaphore)
      : Wait(semaphore.waiters_), semaphore_(semaphore) {}
  bool await_ready() const { return !semaphore_.locked(); }
  void await_resume() {
    if (suspended()) {
      end_wait();
    } else {
      --semaphore_.permits_;
    }
  }

 protected:
  Semaphore& semaphore_;

 private:
  void end_wait();
};

class [[nodiscard]] Semaphore::Held {
 public:
  explicit Held(Semaphore& semaphore) : semaphore_(semaphore) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  // A permit too many is reported: a destructor cannot throw.
  ~Held();

 private:
  Semaphore& semaphore_;
};

class [[nodiscard]] Semaphore::Scoped final : public Acquire {
 public:
  using Acquire::Acquire;
  Held await_resume() {
    Acquire::await_resume();
    return Held(semaphore_);
  }
};

inline Semaphore::Acquire Semaphore::acquire() {
  return Acquire(*this);
}
inline Semaphore::Scoped Semaphore::scoped() {
  return Scoped(*this);
}

}  // namespace loop::sync

#endif  // LOOP_SYNC_SEMAPHORE_H_
