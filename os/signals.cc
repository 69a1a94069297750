#include "os/signals.h"

#include "os/syscall.h"

namespace os {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    check(sigaddset(&set, signal), "sigaddset");
  }
  return set;
}

sigset_t full_set() {
  sigset_t set;
  sigfillset(&set);
  return set;
}

struct sigaction action_of(void (*handler)(int), int flags) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  return action;
}

}  // namespace

ScopedSignalMask::ScopedSignalMask(std::initializer_list<int> blocked)
    : ScopedSignalMask(set_of(blocked)) {}

ScopedSignalMask ScopedSignalMask::all() {
  return ScopedSignalMask(full_set());
}

ScopedSignalMask::ScopedSignalMask(const sigset_t& blocked) {
  pthread_sigmask(SIG_BLOCK, &blocked, &before_);  // fails only for a bad `how`
}

ScopedSignalMask::~ScopedSignalMask() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

ScopedSignalHandler::ScopedSignalHandler(int signal, void (*handler)(int),
                                         int flags)
    : ScopedSignalHandler(signal, action_of(handler, flags)) {}

ScopedSignalHandler::ScopedSignalHandler(int signal,
                                         const struct sigaction& action)
    : signal_(signal) {
  check(sigaction(signal, &action, &before_), "sigaction");
}

ScopedSignalHandler::~ScopedSignalHandler() {
  sigaction(signal_, &before_, nullptr);  // was valid when we were made
}

ScopedSignalStack::ScopedSignalStack(size_t size)
    : memory_(Mapping::anonymous(size, Mapping::Sharing::kPrivate)) {
  const stack_t stack = {
      .ss_sp = memory_.data(), .ss_flags = 0, .ss_size = memory_.size()};
  check(syscalls.sigaltstack(&stack, &before_), "sigaltstack");
}

ScopedSignalStack::~ScopedSignalStack() {
  syscalls.sigaltstack(&before_, nullptr);  // was in force when we were made
}

bool has_default_disposition(int signal) {
  struct sigaction now;
  check(sigaction(signal, nullptr, &now), "sigaction");
  return now.sa_handler == SIG_DFL;
}

void ignore_sigpipe() {
  signal(SIGPIPE, SIG_IGN);
}

void reset_signals_in_child() {
  struct sigaction now;
  for (int number = 1; number < NSIG; ++number) {
    // SIGKILL, SIGSTOP and the two that the C library keeps refuse: fine.
    if (sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_DFL &&
        !(number == SIGPIPE && now.sa_handler == SIG_IGN)) {
      signal(number, SIG_DFL);
    }
  }
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace os
