// loop/runnable.h - anything that can stand in the ready queue of a loop.
//
// CONCEPT     An event loop knows one kind of thing: something whose turn will
//             come. Tasks are runnables, callbacks are runnables, and both
//             stand in one queue, so the order between them needs no thought.
//             The link to the next one and the place in the timer heap are
//             part of the thing itself: becoming ready and falling asleep
//             allocate nothing.
// IN PYTHON   asyncio.Handle, which wraps callbacks and steps of tasks alike
// INVARIANTS  I1. A runnable stands in one queue at most, or in the timer
//                 heap, or nowhere.
//             I2. Each turn promised ends in run() or in discard(), once.
// THREADS     The loop's thread.
// OWNERSHIP   A queue borrows what stands in it. Whoever needs nobody (a
//             callback) deletes itself at the end of run() or discard().
// ERRORS      What run() throws goes to the loop's exception handler.
// READ NEXT   loop/timer_queue.h
#ifndef LOOP_RUNNABLE_H_
#define LOOP_RUNNABLE_H_

#include <cstdint>
#include <string>

#include "scheduler/run_queue.h"
#include "scheduler/trace.h"

namespace loop {

class Runnable {
 public:
  static constexpr uint32_t kNoTimer = UINT32_MAX;

  Runnable() = default;
  Runnable(const Runnable&) = delete;
  Runnable& operator=(const Runnable&) = delete;

  // Its turn has come.
  virtual void run() = 0;
  // The loop is closed, its turn will never come.
  virtual void discard() = 0;
  // Who it is, for the reports of a loop.
  virtual std::string describe() const = 0;
  // It has just been made ready while somebody watches.
  virtual void tell_woken(scheduler::Observer&) const {}

  // For scheduler::RunQueue only.
  Runnable* next_ready = nullptr;
  // For TimerQueue only: the turn among equal deadlines, the place in the heap.
  uint64_t timer_sequence = 0;
  uint32_t timer_index = kNoTimer;

 protected:
  ~Runnable() = default;
};

using ReadyQueue = scheduler::RunQueue<Runnable>;

}  // namespace loop

#endif  // LOOP_RUNNABLE_H_
