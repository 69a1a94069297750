// scheduler/green/preemption.h - a timer that takes the CPU away.
//
// CONCEPT     Every few milliseconds the system interrupts the running thread,
//             wherever it is, and calls a function on its stack. That function
//             switches to the next thread. The stopped one notices nothing:
//             when its turn comes, the handler returns into the middle of its
//             computation. This is pre-emption, whole:
//
//               A's loop ... x = x + |tick                     |1 ...
//                                    |handler: push A, run B ->|return
//
//             Its price: the switch falls anywhere, so whatever must not be
//             torn apart needs a Guard. [C-009] [C-010] [C-011]
// IN PYTHON   sys.setswitchinterval, which only asks at the next bytecode
// INVARIANTS  I1. No switch while a Guard is held; it comes when that ends.
//             I2. errno is after the tick as it was before.
//             I3. The handler never blocks the tick (SA_NODEFER): who is
//                 entered from it would else run with ticks blocked. The guard
//                 count, not the mask, keeps it from nesting.
//             I4. No alternate stack: the stopped thread's frame stays on its
//                 own stack until its turn comes.
// THREADS     The kernel thread that made it: the timer aims at it. One object
//             for each such thread.
// OWNERSHIP   Owns the timer. The handler stays with the process; SIGURG is
//             ignored by default, so a late one can do no harm. A forked child
//             inherits no timer.
// ERRORS      std::invalid_argument below the floor; std::system_error from
//             timer_create (EAGAIN: too many queued signals) and timer_settime.
// LEFT OUT    Slices counted from the moment a thread starts to run: the tick
//             is common, as in the first Unix. Blocking system calls: they are
//             interrupted (EINTR), and stop all threads while they last.
// READ NEXT   scheduler/green/mutex.h
#ifndef SCHEDULER_GREEN_PREEMPTION_H_
#define SCHEDULER_GREEN_PREEMPTION_H_

#include <time.h>

#include "scheduler/clock.h"
#include "scheduler/green/interrupted.h"

namespace scheduler::green {

// A tick: where it found the running thread, and whether a Guard was held, so
// that the switch came later than the tick.
struct Tick {
  Interrupted at;
  bool under_guard = false;
};

class [[nodiscard]] Preemption {
 public:
  // A tick costs some 20 us (timer interrupt, signal, switch, return): 0.2 % of
  // the CPU by default, 2 % at the floor. At 20 us nothing else would happen.
  static constexpr Duration kDefaultSlice = std::chrono::milliseconds(10);
  static constexpr Duration kShortestSlice = std::chrono::milliseconds(1);

  // Ticks for as long as it lives; they matter while a Scheduler runs.
  explicit Preemption(Duration slice = kDefaultSlice);
  Preemption(const Preemption&) = delete;
  Preemption& operator=(const Preemption&) = delete;
  ~Preemption();

  // The latest that led to a switch on this kernel thread. An observer that is
  // told of a suspension by kQuantum finds here the instruction that was next.
  static const Tick& latest();

 private:
  timer_t timer_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_PREEMPTION_H_
