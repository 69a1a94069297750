// scheduler/green/guard.h - for this scope, nobody takes the CPU away.
//
// CONCEPT     A timer may stop a thread between any two instructions: also in
//             the middle of malloc, whose lists are then half changed when the
//             next thread calls malloc too. A guard holds such switches off. A
//             tick that falls into it is not lost: it is remembered, and the
//             switch takes place when the last guard of the thread ends.
//
//               tick, no guard      the handler itself switches
//               tick under guard    missed = 1; the end of the guard switches
//
//             It is a counter, not a mask of blocked signals: two instructions
//             instead of a system call. And a mask would belong to the kernel
//             thread, so that whoever runs next would run masked, for ever.
//
//             Guard everything that locks or caches per kernel thread: malloc,
//             new, std::string, stdio, streams, throw. Cooperative threads need
//             none of it: they stop only where they say so. That is the price
//             of pre-emption, and why Python's own guard is called the GIL.
// IN PYTHON   nothing built in; sys.setswitchinterval(1e9) comes near.
// INVARIANTS  I1. While a guard is held the thread runs on until it blocks or
//                 yields by its own decision.
//             I2. The count belongs to the thread: each guard puts back what it
//                 found, whoever ran meanwhile. It is never zero at a switch.
//             I3. A missed tick leads to one switch, not to several.
// THREADS     Each kernel thread has its own count. Harmless where no green
//             thread runs.
// OWNERSHIP   Owns nothing. A guard is a scope: the one begun last ends first.
// ERRORS      None; errno is as before.
// LEFT OUT    Refusing to switch when the tick fell outside of our own code:
//             it would save most who forget their guards, but not a program
//             linked statically, nor a callback from a library.
// READ NEXT   scheduler/green/scheduler.h
#ifndef SCHEDULER_GREEN_GUARD_H_
#define SCHEDULER_GREEN_GUARD_H_

#include <atomic>
#include <csignal>

namespace scheduler::green {

// Shared with the handler of the tick on the same kernel thread. volatile
// sig_atomic_t is what the standard allows there; it orders nothing else, so
// Guard adds fences for the compiler. For the processor none are needed: a
// handler runs on the processor that it interrupts.
struct Holds {
  volatile std::sig_atomic_t count = 0;
  volatile std::sig_atomic_t tick_missed = 0;
  // What to do about a tick, at once or, made up for, about the missed one,
  // which it takes note of and clears. Set while a timer runs.
  void (*switch_now)(bool made_up) = nullptr;
};

// initial-exec: an access is one instruction, also from a shared library, and
// never a call that could allocate inside a signal handler.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local Holds holds;

class [[nodiscard]] Guard {
 public:
  Guard() : before_(holds.count) {
    holds.count = before_ + 1;
    // The compiler must not move guarded code before the count, ...
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() {
    // ... nor behind it.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    holds.count = before_;  // [I2]
    if (holds.tick_missed != 0 && before_ == 0) [[unlikely]] {
      make_up_for_missed_tick();
    }
  }

 private:
  static void make_up_for_missed_tick();

  const std::sig_atomic_t before_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_GUARD_H_
