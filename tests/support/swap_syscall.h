// tests/support/swap_syscall.h - make one system call fail, for one scope.
//
// CONCEPT     `SwapSyscall swap(&os::Syscalls::fork, [] { errno = EAGAIN;
//             return -1; });` replaces an entry of the table in os/syscall.h
//             and puts the old one back. The replacement is a plain function:
//             what it must remember (a call count) is a static.
// THREADS     Swap while the process has one thread, or while no other thread
//             makes system calls.
// OWNERSHIP   Owns the old entry until it restores it.
#ifndef TESTS_SUPPORT_SWAP_SYSCALL_H_
#define TESTS_SUPPORT_SWAP_SYSCALL_H_

#include <type_traits>
#include <utility>

#include "os/syscall.h"

namespace tests {

template <class Function>
class [[nodiscard]] SwapSyscall {
 public:
  SwapSyscall(Function os::Syscalls::*entry,
              std::type_identity_t<Function> replacement)
      : entry_(entry),
        before_(std::exchange(os::syscalls.*entry, replacement)) {}
  SwapSyscall(const SwapSyscall&) = delete;
  SwapSyscall& operator=(const SwapSyscall&) = delete;
  ~SwapSyscall() { os::syscalls.*entry_ = before_; }

  // The entry that was replaced, for calls that are to go through.
  Function before() const { return before_; }

 private:
  Function os::Syscalls::*const entry_;
  const Function before_;
};

}  // namespace tests

#endif  // TESTS_SUPPORT_SWAP_SYSCALL_H_
