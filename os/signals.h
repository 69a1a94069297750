// os/signals.h - who hears a signal: masks and handlers that undo themselves.
//
// CONCEPT     A signal interrupts a thread between any two instructions. A
//             process chooses for each signal what happens (the disposition:
//             default, ignored, a handler), and each thread chooses which ones
//             may reach it now (the mask). A forked child inherits both, which
//             is how a worker survives SIGTERM by mistake.
// IN PYTHON   signal.signal, signal.pthread_sigmask
// INVARIANTS  I1. A scope restores what it found.
// THREADS     The mask is the calling thread's; a disposition is the whole
//             process's, so handlers are installed by one thread at a time.
// OWNERSHIP   Each scope owns the old setting until it restores it.
// ERRORS      std::system_error from sigaction (EINVAL for SIGKILL, SIGSTOP
//             and numbers that are no signal) and sigaltstack (ENOMEM for a
//             stack too small).
// LEFT OUT    Queued real-time signals and siginfo values.
// READ NEXT   os/mutex.h
#ifndef OS_SIGNALS_H_
#define OS_SIGNALS_H_

#include <signal.h>

#include <cstddef>
#include <initializer_list>

#include "os/mapping.h"

namespace os {

// Blocks some signals in the calling thread for the length of a scope. A
// thread started inside the scope starts with them blocked as well.
class [[nodiscard]] ScopedSignalMask {
 public:
  explicit ScopedSignalMask(std::initializer_list<int> blocked);
  // Blocks every signal that can be blocked.
  static ScopedSignalMask all();
  ScopedSignalMask(const ScopedSignalMask&) = delete;
  ScopedSignalMask& operator=(const ScopedSignalMask&) = delete;
  ~ScopedSignalMask();

  // What was blocked before; pass it to sigsuspend or ppoll to let signals in.
  const sigset_t& before() const { return before_; }

 private:
  explicit ScopedSignalMask(const sigset_t& blocked);
  sigset_t before_;
};

// Installs a handler (or SIG_IGN, SIG_DFL) for the length of a scope.
// A handler may do little: set a volatile sig_atomic_t, or write to a pipe.
class [[nodiscard]] ScopedSignalHandler {
 public:
  ScopedSignalHandler(int signal, void (*handler)(int), int flags = 0);
  // The same with everything sigaction knows: who sent it, what to mask.
  ScopedSignalHandler(int signal, const struct sigaction& action);
  ScopedSignalHandler(const ScopedSignalHandler&) = delete;
  ScopedSignalHandler& operator=(const ScopedSignalHandler&) = delete;
  ~ScopedSignalHandler();

 private:
  const int signal_;
  struct sigaction before_;
};

// Gives handlers installed with SA_ONSTACK a stack of their own in the calling
// thread, for the length of a scope: what handles a stack overflow needs one.
class [[nodiscard]] ScopedSignalStack {
 public:
  explicit ScopedSignalStack(size_t size);
  ScopedSignalStack(const ScopedSignalStack&) = delete;
  ScopedSignalStack& operator=(const ScopedSignalStack&) = delete;
  ~ScopedSignalStack();

 private:
  const Mapping memory_;
  stack_t before_;
};

// Whether nobody has chosen yet what happens on `signal`: not a handler, nor to
// ignore it, as nohup does for its program.
bool has_default_disposition(int signal);

// SIGPIPE ends a process that writes to a pipe nobody reads. Ignored, the
// write fails with EPIPE instead, which a program can handle. For the whole
// process and for good, as CPython does when it starts.
void ignore_sigpipe();

// What a forked child does first: every disposition back to its default
// (SIGPIPE stays ignored if it was) and nothing blocked.
void reset_signals_in_child();

}  // namespace os

#endif  // OS_SIGNALS_H_
