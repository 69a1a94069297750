// loop/wakeup.h - how another thread interrupts a loop that waits.
//
// CONCEPT     A thread asleep in the poller hears only descriptors. So the one
//             who wants to wake it makes a descriptor readable: an eventfd, a
//             number in the kernel that can be read when it is not zero. Any
//             number of signals before the next drain is one wake-up.
// IN PYTHON   the self-pipe of BaseSelectorEventLoop (_ssock, _csock)
// INVARIANTS  I1. A signal() is never lost: wait() after it returns.
// THREADS     signal() any, and it never blocks; the rest the loop's.
// OWNERSHIP   Owns the eventfd.
// ERRORS      std::system_error from eventfd (EMFILE).
// READ NEXT   loop/inbox.h
#ifndef LOOP_WAKEUP_H_
#define LOOP_WAKEUP_H_

#include <sys/eventfd.h>

#include <cstdint>

#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace loop {

class Wakeup {
 public:
  Wakeup()
      : fd_(os::check(os::syscalls.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                      "eventfd")) {}
  // What the poller watches for reading.
  int fd() const { return fd_.get(); }

  void signal() {
    const uint64_t one = 1;
    // Full (after 2^64 - 2 signals) means readable, which is all we want.
    os::write_some(fd_.get(), std::as_bytes(std::span(&one, 1)));
  }
  void drain() {
    uint64_t count = 0;
    os::read_some(fd_.get(), std::as_writable_bytes(std::span(&count, 1)));
  }

 private:
  const os::UniqueFd fd_;
};

}  // namespace loop

#endif  // LOOP_WAKEUP_H_
