// tests/ipc/interruptions.h - a signal every millisecond, for one scope.
//
// CONCEPT     Without SA_RESTART, so that whatever can be interrupted is.
// THREADS     The process has one timer of this kind: one scope at a time.
// OWNERSHIP   Owns the timer and the handler until it restores them.
#ifndef TESTS_IPC_INTERRUPTIONS_H_
#define TESTS_IPC_INTERRUPTIONS_H_

#include <signal.h>
#include <sys/time.h>

#include "os/signals.h"

namespace ipc {

class Interruptions {
 public:
  Interruptions() : handler_(SIGALRM, [](int) { seen = seen + 1; }) {
    seen = 0;
    const itimerval every = {.it_interval = {0, 1000}, .it_value = {0, 1000}};
    setitimer(ITIMER_REAL, &every, nullptr);
  }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;
  ~Interruptions() {
    const itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
  }

  int count() const { return seen; }

 private:
  // volatile, because the handler changes it behind the compiler's back.
  static inline volatile sig_atomic_t seen = 0;
  const os::ScopedSignalHandler handler_;
};

}  // namespace ipc

#endif  // TESTS_IPC_INTERRUPTIONS_H_
