// scheduler/green/overflow.h - "A has used up its stack", instead of a silence.
//
// CONCEPT     A call too many writes to the guard page and the system sends
//             SIGSEGV. Its handler cannot run on the stack that is full, so it
//             gets one of its own, set aside beforehand. There it compares the
//             address with the guard page of the thread that runs, writes one
//             sentence, and lets the process die of the signal: a thread that
//             has overrun its stack cannot be helped.
// IN PYTHON   RecursionError, which counts calls instead; faulthandler
// INVARIANTS  I1. Every other SIGSEGV ends as if this file did not exist.
//             I2. The handler does only what a signal handler may. POSIX does
//                 not list snprintf, which may allocate or lock for floating
//                 point, wide characters and locales; of %s and %zu into a
//                 buffer of its own glibc makes neither. Then write().
// THREADS     The calling kernel thread has a stack set aside for the scope;
//             the handler is the process's, from the first use to the end, so
//             that two kernel threads need not agree who removes it.
// OWNERSHIP   Owns the handler's stack; puts back the one it found.
// ERRORS      std::system_error from mmap, sigaltstack and sigaction.
// LEFT OUT    A frame larger than the guard page, which steps over it.
// READ NEXT   scheduler/green/preemption.h
#ifndef SCHEDULER_GREEN_OVERFLOW_H_
#define SCHEDULER_GREEN_OVERFLOW_H_

#include "os/signals.h"
#include "scheduler/green/stack.h"

namespace scheduler::green {

// Whose stack is in use; nulls for a stack that is not ours.
struct StackInUse {
  const char* owner = nullptr;
  const Stack* stack = nullptr;
};

class [[nodiscard]] OverflowReport {
 public:
  // `in_use` answers for the kernel thread that calls it; the handler does, so
  // it only reads. One function for the whole process.
  explicit OverflowReport(StackInUse (*in_use)());

 private:
  const os::ScopedSignalStack handlers_stack_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_OVERFLOW_H_
