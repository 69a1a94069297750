// loop/run.h - the way from an ordinary main() into a coroutine and back.
//
// CONCEPT     Makes a loop, runs one coroutine to its end, and tidies up in a
//             fixed order: tasks still there are cancelled and run until they
//             have ended, jobs in other threads are waited for, the loop is
//             closed. So nothing outlives the call.
// IN PYTHON   asyncio.run
// INVARIANTS  I1. When it returns, every task has ended.
//             I2. What leftover tasks fail with is reported, not thrown.
// THREADS     One that runs no loop yet.
// OWNERSHIP   Owns the loop for the length of the call.
// ERRORS      What the coroutine throws; RuntimeError inside a running loop.
// READ NEXT   loop/readiness.h
#ifndef LOOP_RUN_H_
#define LOOP_RUN_H_

#include <utility>

#include "loop/coroutine.h"
#include "loop/event_loop.h"

namespace loop {

// Cancels all tasks, runs `loop` until they have ended, waits for the default
// executor and closes the loop.
void wind_down(EventLoop& loop);

// In a loop that the caller prepared: another poller or clock, an executor, an
// observer. It is closed when this returns.
template <class T>
T run(Coroutine<T> main, EventLoop& loop) {
  loop.core().check_can_enter();
  struct WindDown {
    EventLoop& loop;
    ~WindDown() { wind_down(loop); }
  } const at_the_end{loop};
  return loop.run_until_complete(std::move(main));
}

template <class T>
T run(Coroutine<T> main) {
  EventLoop loop;
  return run(std::move(main), loop);
}

}  // namespace loop

#endif  // LOOP_RUN_H_
