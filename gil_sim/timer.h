// gil_sim/timer.h - a thread that waits first, and can be called off.
//
// CONCEPT     A timer is a thread whose run() waits for an event with a
//             time-out. If the time runs out, it calls its function; if the
//             event is set first, it has been cancelled. A thread per timer is
//             a high price: an event loop keeps a million of them in one heap.
// IN PYTHON   threading.Timer
// INVARIANTS  I1. The function runs once at most, no sooner than the delay,
//                 and not after cancel() has come in time.
// THREADS     cancel() from any.
// OWNERSHIP   As for any Thread: the end of its scope waits for it.
// READ NEXT   gil_sim/thread_pool.h
#ifndef GIL_SIM_TIMER_H_
#define GIL_SIM_TIMER_H_

#include <functional>
#include <utility>

#include "gil_sim/event.h"
#include "gil_sim/thread.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Timer final : public Thread {
 public:
  Timer(scheduler::Duration delay, std::function<void()> function)
      : delay_(delay), function_(std::move(function)) {}
  // Here and not in ~Thread, as run() needs this object.
  ~Timer() override {
    if (ident() != 0) {
      join();
    }
  }

  void cancel() { finished_.set(); }

 private:
  void run() override {
    if (!finished_.wait(delay_)) {
      function_();
    }
    finished_.set();
  }

  const scheduler::Duration delay_;
  const std::function<void()> function_;
  Event finished_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_TIMER_H_
