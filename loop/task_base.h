// loop/task_base.h - the flat loop that runs a chain of coroutines.
//
// CONCEPT     A task gives its coroutines turns. In a turn it resumes the
//             innermost one, goes on with that one's caller when it ends, or
//             with a child that it awaits, and stops when one suspends: step()
//             is that loop, and the only place that resumes a coroutine. What
//             the task waits for then queues it again.
//
//               [ready] --turn--> [running] --co_await--> [waiting] -.
//                  ^                  |                              |
//                  '------------------|-------- woken ---------------'
//                                     '--end--> [done]
//
//             To cancel is to ask: CancelledError is thrown at the place where
//             the task waits. The body may clean up, or refuse.
// IN PYTHON   Task.__step, Task.cancel, Task.get_stack
// INVARIANTS  I1. Making a task runs none of its body.
//             I2. The stack does not grow with the number of awaits, nor with
//                 the depth of the chain.
//             I3. cancel() runs nothing and is delivered at most once; how
//                 often it was asked for is counted.
//             I4. A frame is destroyed before its task is done, so arguments
//                 and locals are gone when anybody hears of it.
// ERRORS      What leaves the outermost coroutine is the result of the task;
//             an exit request besides goes on to whoever runs the loop. Without
//             memory to tell an observer of a new task there is none, and its
//             maker gets the error.
// THREADS     The loop's thread.
// OWNERSHIP   Owns the outermost frame of its chain. A task that is not done
//             holds a reference to itself; closing the loop takes it away.
// READ NEXT   loop/future.h
#ifndef LOOP_TASK_BASE_H_
#define LOOP_TASK_BASE_H_

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "loop/core.h"
#include "loop/frame.h"
#include "loop/waiting.h"
#include "scheduler/clock.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace loop {

class FutureSlot;

// The part of a task that does not depend on the type of its result.
class TaskBase : public Waiter {
 public:
  uint32_t id() const { return id_; }
  // The name it was given, or that of its outermost coroutine.
  std::string name() const;
  scheduler::TaskState state() const;
  // Its coroutines from the outermost inwards, and at the end what the
  // innermost waits for: {"main", "fetch", "future"}. The machine's stack does
  // not show this.
  std::vector<std::string> stack() const;

  // False if it is done already. [I3]
  bool cancel();
  // How often it was asked to cancel, minus what was taken back.
  uint32_t cancelling() const { return cancel_requests_; }
  // Takes one request back, returns how many are left. Does not stop a
  // cancellation that is on its way (as in Python 3.11).
  uint32_t uncancel();

  // For awaiters. All suspend, and whoever calls wait_at() has arranged for
  // `what` to make the task ready.
  Core& core() const { return *core_; }
  void wait_at(Waitable& what);
  // Suspends until the turn after the one that finds `when` has come.
  void sleep_until(scheduler::TimePoint when);
  void yield() { core_->make_ready(*this); }
  // Throws CancelledError if the task was woken to be cancelled. Called once by
  // each awaiter that has suspended, when it is resumed.
  void check_cancelled() {
    if (throw_cancel_) [[unlikely]] {
      throw_cancelled();
    }
  }
  // For coroutines that await a child, or end: who is to be resumed next.
  void go_on_with(PromiseBase* next) { top_ = next; }

  // Its other half, the future of its result.
  virtual FutureSlot& slot() = 0;
  virtual bool done() const = 0;

  // For the core: where it stands among all tasks that are not done.
  uint32_t index = 0;
  // For the loop that closes: forget what it waits for, then end it unfinished.
  void detach();
  void destroy();

  // Runnable and Waiter.
  void discard() override {}  // the loop ends its tasks by itself
  void finished(FutureSlot&) override { core_->make_ready(*this); }
  std::string describe() const override;
  void tell_woken(scheduler::Observer& observer) const override;

 protected:
  TaskBase(Core& core, FrameOwner frame, std::string name);
  virtual ~TaskBase();
  void begin();
  // One turn.
  void step();
  // Moves the result out of the frame, which has returned.
  virtual void store_result(PromiseBase& outermost) = 0;
  // The future is done: with the stored result, or with an error.
  virtual void complete(std::exception_ptr error) = 0;
  // Its reference to itself.
  virtual void hold() = 0;
  virtual void let_loose() = 0;

 private:
  [[gnu::noinline, gnu::cold]] void end_unstarted();
  void end(PromiseBase& outermost);
  // Of the core, which lists it.
  void leave_tasks() {
    core_->tasks[index] = core_->tasks.back();
    core_->tasks[index]->index = index;
    core_->tasks.pop_back();
  }
  void leave_circle();
  [[noreturn, gnu::noinline, gnu::cold]] void throw_cancelled();

  // Bits: a byte more would make every task larger by eight, and each turn
  // looks at two of them at once.
  bool has_name_ : 1 = false;
  bool asleep_ : 1 = false;       // until the turn of its timer
  bool must_cancel_ : 1 = false;  // at its next turn
  bool started_ = false;
  bool throw_cancel_ = false;  // at the await that this turn resumes
  const uint32_t id_;
  uint32_t cancel_requests_ = 0;
  Core* const core_;  // kept alive by the slot
  // The innermost coroutine; null when there is none left.
  PromiseBase* top_;
  Waitable* waits_for_ = nullptr;
  // While cancel() walks by: the task before it in the chain, or itself.
  TaskBase* walked_from_ = nullptr;
};

}  // namespace loop

#endif  // LOOP_TASK_BASE_H_
