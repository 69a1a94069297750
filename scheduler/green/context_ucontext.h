// scheduler/green/context_ucontext.h - the same switch, asked of the C library.
//
// CONCEPT     getcontext, makecontext, swapcontext: portable, readable, and
//             thirty times slower, for swapcontext also saves the mask of
//             blocked signals, which only the system knows. It is the twin to
//             read first, and the stand-in on machines for which nobody has
//             written the assembly. A typed test holds both to one behaviour.
// IN PYTHON   nothing built in
// INVARIANTS  I1 to I3 of context.h.
// THREADS     As context.h.
// OWNERSHIP   Borrows its stack.
// ERRORS      None: the calls fail for a bad signal mask only.
// LEFT OUT    uc_link, where to go when the entry returns: it never does.
// READ NEXT   scheduler/green/context.h
#ifndef SCHEDULER_GREEN_CONTEXT_UCONTEXT_H_
#define SCHEDULER_GREEN_CONTEXT_UCONTEXT_H_

#include <ucontext.h>

#include "scheduler/green/stack.h"

namespace scheduler::green {

class LibraryContext {
 public:
  using Entry = void (*)(void* argument);

  LibraryContext() = default;
  LibraryContext(const Stack& stack, Entry entry, void* argument);
  // A ucontext_t holds pointers into itself.
  LibraryContext(const LibraryContext&) = delete;
  LibraryContext& operator=(const LibraryContext&) = delete;

  static void switch_to(LibraryContext& from, const LibraryContext& to) {
    swapcontext(&from.context_, &to.context_);
  }

 private:
  ucontext_t context_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_CONTEXT_UCONTEXT_H_
