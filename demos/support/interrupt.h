// demos/support/interrupt.h - Ctrl-C as an exception, so that scopes end.
//
// CONCEPT     By default SIGINT ends a process on the spot: no destructor
//             runs, and children, files and shared memory stay behind. Here
//             its handler only remembers the signal; whoever waits asks every
//             now and then and throws, and from there on it is an ordinary
//             way out through every destructor.
// IN PYTHON   KeyboardInterrupt, raised by the evaluation loop the same way
// INVARIANTS  I1. While an InterruptScope lives, SIGINT, SIGTERM and SIGHUP end
//                 nothing by themselves, nor does SIGQUIT (Ctrl-\).
//             I2. A signal that was ignored stays ignored: nohup, or a shell's
//                 `&`, has decided that it shall not end the program.
// THREADS     One scope a process, on its main thread. The question may be
//             asked anywhere.
// OWNERSHIP   Owns the handlers until the scope ends. A forked child resets
//             them first (os::reset_signals_in_child).
// ERRORS      Interrupted is no std::exception: code that handles ordinary
//             errors must not swallow it.
// LEFT OUT    The memory dump that SIGQUIT is otherwise for. Waking a thread in
// a long system call: waits here are short. READ NEXT
// demos/support/child_tree.h
#ifndef DEMOS_SUPPORT_INTERRUPT_H_
#define DEMOS_SUPPORT_INTERRUPT_H_

#include <optional>

#include "os/signals.h"

namespace demos::support {

class Interrupted final {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  // What a shell reports for a program that this signal ended.
  int exit_code() const { return 128 + signal_; }

 private:
  const int signal_;
};

class [[nodiscard]] InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  // Empty where the signal is ignored. [I2]
  std::optional<os::ScopedSignalHandler> interrupt_;
  std::optional<os::ScopedSignalHandler> terminate_;
  std::optional<os::ScopedSignalHandler> hang_up_;
  std::optional<os::ScopedSignalHandler> quit_;
};

// Throws Interrupted if a signal has come since the scope began.
void throw_if_interrupted();

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_INTERRUPT_H_
