// loop/sleep.h - wait for a time, or only let the others go first.
//
// CONCEPT     A task that sleeps stands in the loop's timer heap and nowhere
//             else: no timer object, no future, no callback. With zero (or
//             less) it does not sleep at all but goes to the end of the ready
//             queue: the simplest way to say "others first".
// IN PYTHON   asyncio.sleep, asyncio.sleep(0)
// INVARIANTS  I1. It never wakes early.
//             I2. Sleeping zero is exactly one turn of the loop.
//             I3. Whoever is cancelled in his sleep leaves no timer behind.
//             I4. A timer that is due takes its place among the callbacks of
//                 its turn, and the sleeper goes on one turn after: in the same
//                 order as if the timer had completed a future.
// THREADS     The loop's thread.
// OWNERSHIP   Owns nothing.
// ERRORS      CancelledError.
// LEFT OUT    One corner of Python's order: cancelled in the very turn of its
//             timer, but before it, a sleeper is queued when the timer's place
//             comes, not at once.
// READ NEXT   loop/event_loop.h
#ifndef LOOP_SLEEP_H_
#define LOOP_SLEEP_H_

#include <coroutine>

#include "loop/core.h"
#include "loop/task_base.h"
#include "scheduler/clock.h"

namespace loop {

class [[nodiscard]] Sleep {
 public:
  explicit Sleep(scheduler::Duration duration) : duration_(duration) {}

  bool await_ready() const { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> sleeper) {
    task_ = sleeper.promise().task;
    if (duration_ <= scheduler::Duration::zero()) {
      task_->yield();
    } else {
      task_->sleep_until(scheduler::after(task_->core().now(), duration_));
    }
  }
  void await_resume() { task_->check_cancelled(); }

 private:
  const scheduler::Duration duration_;
  TaskBase* task_ = nullptr;
};

// co_await sleep(scheduler::seconds(0.5));
inline Sleep sleep(scheduler::Duration duration) {
  return Sleep(duration);
}

}  // namespace loop

#endif  // LOOP_SLEEP_H_
