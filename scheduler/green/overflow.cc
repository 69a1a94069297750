#include "scheduler/green/overflow.h"

#include <signal.h>
#include <unistd.h>

#include <cassert>
#include <cstddef>
#include <cstdio>
#include <span>

#include "os/signals.h"
#include "os/syscall.h"
#include "scheduler/green/interrupted.h"

namespace scheduler::green {

namespace {

constexpr size_t kHandlersStack = size_t{64} * 1024;

// Set once, before the handler is in force.
StackInUse (*stack_in_use)() = nullptr;
struct sigaction action_before;

bool holds_address(std::span<std::byte> bytes, const void* address) {
  return address >= bytes.data() && address < bytes.data() + bytes.size();
}

// Also when the frame of a signal found no room: the system then gives no
// address, and the stack pointer stands less than such a frame above the guard.
bool is_overflow(const Stack& stack, const siginfo_t& info, const void* sp) {
  const auto frame = static_cast<size_t>(sysconf(_SC_MINSIGSTKSZ));
  return holds_address(stack.guard(), info.si_addr) ||
         (info.si_code == SI_KERNEL &&
          holds_address(stack.usable().first(frame), sp));
}

void on_fault(int signal, siginfo_t* info, void* context) {
  const StackInUse in_use = stack_in_use();
  const void* const sp = interrupted_at(context).stack_pointer;
  if (in_use.stack == nullptr || !is_overflow(*in_use.stack, *info, sp)) {
    // Returning repeats the faulting instruction, now for whoever handled it
    // before us; what a process sent by kill() has to be sent again. [I1]
    sigaction(signal, &action_before, nullptr);
    if (info->si_code <= 0) {
      raise(signal);
    }
    return;
  }
  char text[160];
  const int size =
      snprintf(text, sizeof text,
               "stack overflow: green thread %.80s has used all %zu KiB\n",
               in_use.owner, in_use.stack->usable().size() / 1024);
  // Last words: nobody is left to be told that they could not be written.
  [[maybe_unused]] const ssize_t written =
      os::syscalls.write(STDERR_FILENO, text, static_cast<size_t>(size));
  ::signal(signal, SIG_DFL);  // and the repeated instruction ends the process
}

void install_once(StackInUse (*in_use)()) {
  static const os::ScopedSignalHandler handler = [in_use] {
    stack_in_use = in_use;
    sigaction(SIGSEGV, nullptr, &action_before);
    struct sigaction action = {};
    action.sa_sigaction = &on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);  // no tick may switch away from the handler
    return os::ScopedSignalHandler(SIGSEGV, action);
  }();
  assert(stack_in_use == in_use && "one function tells for all kernel threads");
}

}  // namespace

OverflowReport::OverflowReport(StackInUse (*in_use)())
    : handlers_stack_(kHandlersStack) {
  install_once(in_use);
}

}  // namespace scheduler::green
