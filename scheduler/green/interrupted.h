// scheduler/green/interrupted.h - where a signal found the thread it stopped.
//
// CONCEPT     Before a handler runs, the system saves all registers on the
//             stack; when it returns, they are put back as if nothing had been.
//             The third argument of a handler points at them. Two say where
//             the thread was: the program counter and the stack pointer. This
//             is the whole of pre-emption seen from inside: the thread did not
//             stop, it was stopped, there. [C-011] [C-228]
// IN PYTHON   the frame given to a handler of signal.signal
// INVARIANTS  I1. Reading changes nothing.
// THREADS     A value.
// OWNERSHIP   Owns nothing; the addresses are for comparing and printing.
// LEFT OUT    The other registers; machines other than x86-64 and AArch64.
// READ NEXT   scheduler/green/preemption.h
#ifndef SCHEDULER_GREEN_INTERRUPTED_H_
#define SCHEDULER_GREEN_INTERRUPTED_H_

#include <ucontext.h>

namespace scheduler::green {

struct Interrupted {
  const void* program_counter = nullptr;
  const void* stack_pointer = nullptr;
};

// `context` is the third argument of a handler installed with SA_SIGINFO.
inline Interrupted interrupted_at(const void* context) {
  const mcontext_t& saved =
      static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return {
      .program_counter = reinterpret_cast<const void*>(saved.gregs[REG_RIP]),
      .stack_pointer = reinterpret_cast<const void*>(saved.gregs[REG_RSP])};
#elif defined(__aarch64__)
  return {.program_counter = reinterpret_cast<const void*>(saved.pc),
          .stack_pointer = reinterpret_cast<const void*>(saved.sp)};
#else
#error "Name the program counter and stack pointer of this machine here."
#endif
}

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_INTERRUPTED_H_
