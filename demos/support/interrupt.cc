#include "demos/support/interrupt.h"

#include <signal.h>

#include "os/syscall.h"

namespace demos::support {

namespace {

// volatile sig_atomic_t is what a handler may write and its thread may read.
volatile sig_atomic_t came = 0;

void remember(int signal) {
  came = signal;
}

void remember_unless_ignored(int signal,
                             std::optional<os::ScopedSignalHandler>& handler) {
  struct sigaction inherited {};
  os::check(sigaction(signal, nullptr, &inherited), "sigaction");
  if (inherited.sa_handler != SIG_IGN) {
    handler.emplace(signal, &remember);
  }
}

}  // namespace

InterruptScope::InterruptScope() {
  came = 0;
  remember_unless_ignored(SIGINT, interrupt_);
  remember_unless_ignored(SIGTERM, terminate_);
  remember_unless_ignored(SIGHUP, hang_up_);
  remember_unless_ignored(SIGQUIT, quit_);
}

InterruptScope::~InterruptScope() {
  came = 0;
}

void throw_if_interrupted() {
  if (const int signal = came; signal != 0) {
    throw Interrupted(signal);
  }
}

}  // namespace demos::support
