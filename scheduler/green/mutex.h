// scheduler/green/mutex.h - one thread at a time, without a system call.
//
// CONCEPT     A mutex is a word that says who holds it and a queue of those who
//             want it. Locking looks at the word; who finds it taken joins the
//             queue and gives the CPU away. Unlocking hands the mutex to the
//             first in the queue: it is never free while somebody waits, so
//             nobody can snatch it and nobody starves.
//
//             A Guard keeps the CPU; a mutex does not. Others run on while one
//             thread holds it, and may even be pre-empted in between. So a
//             Guard is for a few instructions, a mutex for as long as it takes.
// IN PYTHON   threading.Lock, asyncio.Lock
// INVARIANTS  I1. Held by at most one thread.
//             I2. First to ask, first to get.
//             I3. Free only if nobody waits.
// THREADS     Green threads of one scheduler.
// OWNERSHIP   Borrows holder and waiters; outlives their use of it.
// ERRORS      Locking twice, unlocking another's: bugs of the caller, assert.
// LEFT OUT    try_lock, timeouts, recursion. std::lock_guard fits.
// READ NEXT   scheduler/green/condition.h
#ifndef SCHEDULER_GREEN_MUTEX_H_
#define SCHEDULER_GREEN_MUTEX_H_

#include "scheduler/green/green_thread.h"
#include "scheduler/green/wait_queue.h"

namespace scheduler::green {

class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock();
  void unlock();
  bool locked() const { return holder_ != nullptr; }

 private:
  GreenThread* holder_ = nullptr;
  WaitQueue waiting_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_MUTEX_H_
