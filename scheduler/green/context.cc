#include "scheduler/green/context.h"

#if defined(__x86_64__)

#include <cstring>

extern "C" void scheduler_green_start();  // in context_x86_64.S

namespace scheduler::green {

// A frame as if the new computation had been left just before its first
// instruction: the switch that resumes it needs no special case.
MachineContext::MachineContext(const Stack& stack, Entry entry,
                               void* argument) {
  SavedRegisters first = {};
  asm("stmxcsr %0" : "=m"(first.mxcsr));
  asm("fnstcw %0" : "=m"(first.x87_control));
  first.r12 = reinterpret_cast<uintptr_t>(entry);
  first.rbx = reinterpret_cast<uintptr_t>(argument);
  first.program_counter = reinterpret_cast<uintptr_t>(&scheduler_green_start);
  // Once the frame is popped the stack is empty, so aligned. [I3]
  stack_pointer_ = stack.top() - sizeof first;
  std::memcpy(stack_pointer_, &first, sizeof first);
}

}  // namespace scheduler::green

#endif
