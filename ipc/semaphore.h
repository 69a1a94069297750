// ipc/semaphore.h - so many in, the others wait, whatever process they are in.
//
// CONCEPT     A counter of permits in shared memory. Taking one is a compare
//             and exchange, a few nanoseconds, and no system call unless there
//             is none left; then one sleeps on the very word that counts them:
//
//               permits  3 -> 2 -> 1 -> 0 ~~~ asleep on the word 0
//                                       '--release: 1, wake
//
//             Nobody keeps a list of who has a permit. So a process that is
//             killed takes its permits with it: *a dead holder's permit is
//             lost*. Use ipc/mutex.h where a holder may die.
//
//             But one that is killed while it waits harms nobody, because a
//             release wakes all sleepers: had it woken only one, and that one
//             was killed before it ran, the permit would lie there while the
//             others sleep on.
// IN PYTHON   multiprocessing.Semaphore, multiprocessing.BoundedSemaphore
// INVARIANTS  I1. permits = initial + released - acquired, never negative.
//             I2. Nobody sleeps for long while there is a permit; unless one
//                 is killed in release(), between the permit and the wake-up:
//                 then until the next release() or acquire().
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory: ipc::Shared<ipc::Semaphore>.
// ERRORS      std::invalid_argument as Python's ValueError: for a negative
//             start, for releasing less than one, beyond the bound.
// LEFT OUT    The order of waiting: who is first at the word gets the permit.
// READ NEXT   ipc/lock.h
#ifndef IPC_SEMAPHORE_H_
#define IPC_SEMAPHORE_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

#include "os/futex.h"
#include "scheduler/clock.h"

namespace ipc {

class Semaphore {
 public:
  explicit Semaphore(int permits = 1)
      : Semaphore(permits, std::numeric_limits<int>::max()) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // True when the caller has a permit; false if `timeout` came first.
  bool acquire(std::optional<scheduler::Duration> timeout = std::nullopt);
  bool try_acquire();
  void release(int n = 1);

  // How many permits there are, at this instant.
  int value() const { return static_cast<int>(permits_.load()); }

 protected:
  Semaphore(int permits, int bound);

 private:
  const uint32_t bound_;
  os::FutexWord permits_;
  // Who may be asleep; a waiter that was killed is counted for ever, which
  // costs a system call at each release and nothing else.
  std::atomic<uint32_t> waiters_ = 0;
};

class BoundedSemaphore final : public Semaphore {
 public:
  explicit BoundedSemaphore(int permits = 1) : Semaphore(permits, permits) {}
};

}  // namespace ipc

#endif  // IPC_SEMAPHORE_H_
