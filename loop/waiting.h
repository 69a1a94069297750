// loop/waiting.h - who waits, and what can be waited for.
//
// CONCEPT     Two small interfaces keep the types of this folder apart. A
//             Waiter is told when a future is done: a task, a callback, the
//             child counter of a gather. A Waitable is what a suspended task
//             stands at: it must be possible to say "give up" to it, because
//             that is how a cancellation travels from a task to what it waits
//             for.
//
//                 task --waits for--> future      cancel() goes this way
//                 task <---tells----- future      finished() comes back
//
// IN PYTHON   Task._fut_waiter, and the callbacks in Future._callbacks
// INVARIANTS  I1. A task waits for one thing at a time.
// THREADS     The loop's thread.
// OWNERSHIP   Neither side owns the other.
// READ NEXT   loop/frame.h
#ifndef LOOP_WAITING_H_
#define LOOP_WAITING_H_

#include "loop/runnable.h"
#include "scheduler/trace.h"

namespace loop {

class FutureSlot;
class TaskBase;

// Stands in the list of a future.
class Waiter : public Runnable {
 public:
  // The future is done. Queues itself; runs nothing.
  virtual void finished(FutureSlot& by) = 0;

 protected:
  ~Waiter() = default;
};

class Waitable {
 public:
  // Asks it to end now. True if it will wake the task that waits; false if
  // the task itself has to see to its cancellation.
  virtual bool cancel() = 0;
  // Takes one that waits out of the list, unwoken. False: it stands in none.
  virtual bool drop(const Waiter&) { return false; }
  // The loop closes: whoever waits here is forgotten, not woken.
  virtual void abandon() = 0;
  // The same as a task, or null.
  virtual TaskBase* as_task() { return nullptr; }
  // For the trace and for stack().
  virtual scheduler::Reason reason() const = 0;
  virtual const char* kind() const = 0;

 protected:
  ~Waitable() = default;
};

}  // namespace loop

#endif  // LOOP_WAITING_H_
