// scheduler/green/wait_queue.h - the threads that wait for one thing.
//
// CONCEPT     A mutex, a condition, a channel, the end of a thread: each is a
//             few words of state and a queue of those who wait for it to
//             change. There is one CPU, so a Guard is all the locking that the
//             few words need.
// IN PYTHON   the deque of waiters in asyncio.Lock, Event, Condition
// INVARIANTS  I1. First to wait, first to be woken.
//             I2. Between looking at the state and wait() the caller holds one
//                 Guard, so no wake-up can fall into the gap.
//             I3. A woken thread is ready, not running: it looks again at what
//                 it waited for, unless the waker handed it over.
// THREADS     The scheduler's kernel thread; callers hold a Guard.
// OWNERSHIP   Borrows the threads that wait. May not die while one does, unless
//             all of them are being unwound by a deadlock.
// ERRORS      None of its own.
// LEFT OUT    Timeouts.
// READ NEXT   scheduler/green/mutex.h
#ifndef SCHEDULER_GREEN_WAIT_QUEUE_H_
#define SCHEDULER_GREEN_WAIT_QUEUE_H_

#include <string_view>

#include "scheduler/run_queue.h"
#include "scheduler/trace.h"

namespace scheduler::green {

class GreenThread;

// What a waiting thread waits for, in words: "a mutex held by" B.
struct WaitsFor {
  std::string_view what;
  const GreenThread* whom = nullptr;  // who could end the wait, if known
};

class WaitQueue {
 public:
  // Whether there is nobody to wake; so it is while a deadlock is unwound.
  bool empty() const;

  // The running thread waits here until woken.
  void wait(Reason reason, WaitsFor waits_for);

  // Makes the first one ready and names it. Only if not empty.
  GreenThread& wake_one();
  void wake_all();

 private:
  RunQueue<GreenThread> waiting_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_WAIT_QUEUE_H_
