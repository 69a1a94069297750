// scheduler/green/fiber.h - a context, and what C++ keeps beside the registers.
//
// CONCEPT     The processor's state is not all of a computation's state. The
//             C++ runtime keeps, for each kernel thread, the exceptions caught
//             and in flight: two words. If two computations share a kernel
//             thread and one is stopped inside a `catch`, a bare `throw;` of
//             the other would rethrow the stranger's exception. So these words
//             travel with the stack, and the sanitizers are told of the move.
// IN PYTHON   greenlet saves tstate's exception state and recursion depth.
// INVARIANTS  I1. A fiber finds the exceptions it left, whoever ran between.
//             I2. A new fiber has none.
// THREADS     The kernel thread that made the fiber: the address of its two
//             words is looked up once, then kept.
// OWNERSHIP   Borrows its stack, which must outlive it.
// ERRORS      None. An exception must not leave the entry function.
// LEFT OUT    errno (a call may change it; the timer's handler saves it),
//             thread_local variables (fibers of a kernel thread share them).
// READ NEXT   scheduler/green/guard.h
#ifndef SCHEDULER_GREEN_FIBER_H_
#define SCHEDULER_GREEN_FIBER_H_

#include "scheduler/green/context.h"
#include "scheduler/green/sanitizers.h"
#include "scheduler/green/stack.h"

namespace scheduler::green {

// The words behind __cxa_get_globals(), as the C++ ABI lays them out.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

class Fiber {
 public:
  // The computation that runs now, on the kernel thread's own stack.
  Fiber();
  // One that will begin with entry(argument) on `stack`.
  Fiber(const Stack& stack, Context::Entry entry, void* argument);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Leaves `from`, which runs, for `to`. Returns when somebody switches back.
  [[gnu::always_inline]] static void switch_to(Fiber& from, Fiber& to) {
    // Kept on our own stack, and word by word: reading both at once right
    // after they were written one by one costs the processor a wait of 4 ns.
    void* const caught = from.exceptions_->caught;
    const unsigned uncaught = from.exceptions_->uncaught;
    from.sanitizer_.before_switch(to.sanitizer_, false);
    Context::switch_to(from.context_, to.context_);
    from.sanitizer_.after_switch();
    from.exceptions_->caught = caught;  // [I1]
    from.exceptions_->uncaught = uncaught;
  }

  // Leaves `from` for ever.
  [[noreturn]] static void leave(Fiber& from, Fiber& to);

  // The first thing an entry function does, on its own fiber. [I2]
  void begin();

  // What the last switch away from here wrote down.
  const Context& context() const { return context_; }

 private:
  Context context_;
  ExceptionState* const exceptions_;  // those of the kernel thread
  [[no_unique_address]] SanitizerFiber sanitizer_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_FIBER_H_
