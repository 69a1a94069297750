// scheduler/green/condition.h - wait until somebody has changed something.
//
// CONCEPT     A thread that holds a mutex and finds the data not as it needs
//             them lets go of the mutex, waits, and holds it again when woken.
//             In between others had their turn, so it looks again:
//
//               std::lock_guard lock(mutex);
//               while (!ready) condition.wait(mutex);
//
// IN PYTHON   threading.Condition
// INVARIANTS  I1. Letting go and beginning to wait are one step: who notifies
//                 under the mutex cannot fall between them.
//             I2. The mutex is held again when wait() returns.
//             I3. First to wait, first to be notified; none wakes unnotified.
// THREADS     Green threads of one scheduler.
// OWNERSHIP   Borrows its waiters; outlives their waits.
// ERRORS      Waiting without the mutex is a bug of the caller: assert.
// LEFT OUT    Timeouts, notify(n).
// READ NEXT   scheduler/green/channel.h
#ifndef SCHEDULER_GREEN_CONDITION_H_
#define SCHEDULER_GREEN_CONDITION_H_

#include "scheduler/green/mutex.h"
#include "scheduler/green/wait_queue.h"

namespace scheduler::green {

class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  void wait(Mutex& mutex);
  // One waiter, or all, if there are any. The mutex should be held.
  void notify();
  void notify_all();

 private:
  WaitQueue waiting_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_CONDITION_H_
