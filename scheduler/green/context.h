// scheduler/green/context.h - stop here, go on there: the switch itself.
//
// CONCEPT     To stop a computation is to write down what the processor needs
//             to go on: where its stack is, and the registers that a function
//             may not change for its caller. To go on is to load them. Any
//             function call does half of it; a switch is a call that returns
//             on another stack.
//
//               switch_to(A, B):   push A's registers on A's stack
//                                  A.saved = stack pointer
//                                  stack pointer = B.saved
//                                  pop B's registers from B's stack
//                                  go on where B had stopped
//
//             Not saved: registers that a call may destroy anyway. When a
//             timer stops a thread in the middle of an expression, they are
//             saved all the same - by the system, in the frame of the signal.
//             The twin that asks the C library is scheduler/green/
//             context_ucontext.h; where this one is not written for the
//             machine, it takes its place. [C-014]
// IN PYTHON   greenlet's slp_switch, one assembly stub per platform
// INVARIANTS  I1. A context is resumed once for each time it was left.
//             I2. rbx, rbp, r12 to r15 and the rounding modes (MXCSR, x87
//                 control word) are after the switch as they were before.
//             I3. An entry function is called with its stack aligned to 16 and
//                 never returns.
// THREADS     Both contexts belong to the kernel thread that switches: what
//             the C library keeps per kernel thread is not ours to move.
// OWNERSHIP   Borrows its stack.
// ERRORS      None; a broken invariant crashes.
// LEFT OUT    Shadow stacks (CET): a processor that checks return addresses
//             wants its second stack switched as well. Signal masks: they
//             would cost a system call a switch, see guard.h for the way out.
// READ NEXT   scheduler/green/context_x86_64.S, then fiber.h
#ifndef SCHEDULER_GREEN_CONTEXT_H_
#define SCHEDULER_GREEN_CONTEXT_H_

#include <cstdint>

#include "scheduler/green/context_ucontext.h"
#include "scheduler/green/stack.h"

#if defined(__x86_64__)

// Saves the running computation at *save and goes on with the one at `load`.
extern "C" void scheduler_green_switch(void** save, void* load);

namespace scheduler::green {

// What lies at the saved stack pointer: the page that a switch turns.
struct SavedRegisters {
  uint32_t mxcsr;        // rounding and exceptions of vector arithmetic
  uint16_t x87_control;  // the same for long double
  uint16_t unused;
  uintptr_t r15, r14, r13, r12, rbx, rbp;
  uintptr_t program_counter;
};

class MachineContext {
 public:
  using Entry = void (*)(void* argument);

  // The computation that runs now; filled in when it is left.
  MachineContext() = default;

  // One that will begin with entry(argument) on `stack`, with the rounding
  // modes in force now.
  MachineContext(const Stack& stack, Entry entry, void* argument);

  // Returns when somebody switches back to `from`.
  [[gnu::always_inline]] static void switch_to(MachineContext& from,
                                               const MachineContext& to) {
    void** save = &from.stack_pointer_;
    void* load = to.stack_pointer_;
    // A call, spelt as push and jump. The processor predicts each ret by a
    // stack of its own, which nobody can switch: a call here would put a return
    // on it that is then made by somebody else, and every ret behind it would
    // be predicted wrong. For the same reason nothing between yield() and here
    // is a function of its own: a yield took 50 ns, and takes 12 now.
    asm volatile(
        "subq $128, %%rsp\n\t"  // past the red zone
        "leaq 1f(%%rip), %%rax\n\t"
        "pushq %%rax\n\t"
        "jmp scheduler_green_switch@PLT\n"
        "1:\tsubq $-128, %%rsp"
        : "+D"(save), "+S"(load)
        :  // What a call may destroy.
        : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2",
          "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
#if defined(__AVX512F__)
          "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22",
          "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29",
          "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", "k7",
#endif
          "mm0", "mm1", "mm2", "mm3", "mm4", "mm5", "mm6", "mm7", "st", "st(1)",
          "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", "cc", "memory");
  }

  // Only of a context that does not run.
  const SavedRegisters& saved() const {
    return *static_cast<const SavedRegisters*>(stack_pointer_);
  }

 private:
  void* stack_pointer_ = nullptr;
};

using Context = MachineContext;

}  // namespace scheduler::green

#else

namespace scheduler::green {
using Context = LibraryContext;
}

#endif

#endif  // SCHEDULER_GREEN_CONTEXT_H_
