// loop/run.h - the way from an ordinary main() into a coroutine and back.
//
// CONCEPT     Makes a loop, runs one coroutine to its end, and tidies up in a
//             fixed order: tasks still there are cancelled and run until they
//             have ended, jobs in other threads are waited for, the loop is
//             closed. So nothing outlives the call.
//             Ctrl-C goes the same way: it cancels the coroutine, which can
//             clean up, and comes out of run() as KeyboardInterrupt. A second
//             one does what Ctrl-C does by default, at once.
// IN PYTHON   asyncio.run, and asyncio.Runner for a loop that the caller made
// INVARIANTS  I1. When it returns, every task has ended.
//             I2. What leftover tasks fail with is reported, not thrown.
//             I3. Ctrl-C is left alone where somebody else handles or ignores
//                 it, and in other threads than the main one.
// THREADS     One that runs no loop yet.
// OWNERSHIP   Owns the loop for the length of the call.
// ERRORS      What the coroutine throws; RuntimeError inside a running loop;
//             KeyboardInterrupt if Ctrl-C cancelled it.
// LEFT OUT    Python's second Ctrl-C is an exception in the midst of whatever
//             runs. Nothing in C++ could survive that; it ends the process.
// READ NEXT   loop/readiness.h
#ifndef LOOP_RUN_H_
#define LOOP_RUN_H_

#include <utility>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/task.h"
#include "scheduler/errors.h"

namespace loop {

// Cancels all tasks, runs `loop` until they have ended, waits for the default
// executor and closes the loop.
void wind_down(EventLoop& loop);

// Lets Ctrl-C cancel a task, for the length of a scope. [I3]
class [[nodiscard]] InterruptCancels {
 public:
  InterruptCancels(EventLoop& loop, AnyTask task);
  InterruptCancels(const InterruptCancels&) = delete;
  InterruptCancels& operator=(const InterruptCancels&) = delete;
  ~InterruptCancels();

  // After the task was cancelled: throws KeyboardInterrupt if that was why.
  void throw_if_it_came() const;

 private:
  EventLoop& loop_;
  const AnyTask task_;
  bool installed_ = false;
  bool came_ = false;
};

// In a loop that the caller prepared: another poller or clock, an executor, an
// observer. It is closed when this returns.
template <class T>
T run(Coroutine<T> main, EventLoop& loop) {
  loop.core().check_can_enter();
  struct WindDown {
    EventLoop& loop;
    ~WindDown() { wind_down(loop); }
  } const at_the_end{loop};
  Task<T> task = loop.create_task(std::move(main));
  const InterruptCancels interrupt(loop, task.any());
  try {
    return loop.run_until_complete(Future<T>(std::move(task)));
  } catch (const scheduler::CancelledError&) {
    interrupt.throw_if_it_came();
    throw;
  }
}

template <class T>
T run(Coroutine<T> main) {
  EventLoop loop;
  return run(std::move(main), loop);
}

}  // namespace loop

#endif  // LOOP_RUN_H_
