// ipc/condition.h - sleep until another process says that things have changed.
//
// CONCEPT     As a condition between threads: who holds the mutex and finds
//             things not yet as it needs them lets go of it, sleeps, and has
//             it again when it wakes. A pthread_cond_t must not be used for
//             this: it has a lock inside, and a waiter that is killed while it
//             has that lock leaves it locked. Here all that there is inside
//             are numbers, guarded by the caller's robust mutex, and a word to
//             sleep on:
//
//               waiter                        notifier (holds the mutex)
//               seen = rounds                 tickets += n
//               unlock                        rounds += 1
//               sleep while rounds == seen    wake all sleepers
//               lock
//               no ticket? sleep again
//               tickets -= 1
//
//             All are woken and n find a ticket. To wake just n would be
//             cheaper; but one of them may be killed before it runs, and the
//             news would die with it.
// IN PYTHON   multiprocessing.Condition, which has its lock inside
// INVARIANTS  I1. The mutex is held when wait() is called and when it returns.
//             I2. notify(n) lets n waiters go, or all if they are fewer. After
//                 a waiter was killed a wait may return for no reason too, so
//                 ask the predicate again: wait_for() does.
//             I3. A notification goes to one who waited already.
// THREADS     Any that holds the mutex; always the same mutex.
// OWNERSHIP   Lies in shared memory, beside its mutex.
// ERRORS      std::runtime_error from wait() if the mutex is not held. Whoever
//             finds owner_died() repairs and calls notify_all(): the dead one
//             may have died before it could.
// READ NEXT   ipc/barrier.h
#ifndef IPC_CONDITION_H_
#define IPC_CONDITION_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "ipc/mutex.h"
#include "os/futex.h"
#include "scheduler/clock.h"

namespace ipc {

class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // True if notified; false if `timeout` came first. If a holder of the mutex
  // died meanwhile, mutex.owner_died() says so.
  bool wait(Mutex& mutex,
            std::optional<scheduler::Duration> timeout = std::nullopt) {
    return wait_until(mutex, scheduler::deadline_after(timeout));
  }

  // Waits until `predicate` is true; gives its last value. Called with the
  // mutex held.
  template <class Predicate>
  bool wait_for(Mutex& mutex, Predicate predicate,
                std::optional<scheduler::Duration> timeout = std::nullopt) {
    const auto deadline = scheduler::deadline_after(timeout);
    while (!predicate()) {
      if (!wait_until(mutex, deadline)) {
        return predicate();
      }
    }
    return true;
  }

  void notify(uint32_t n = 1);
  void notify_all() { notify(std::numeric_limits<uint32_t>::max()); }

 private:
  bool wait_until(Mutex& mutex, std::optional<scheduler::TimePoint> deadline);

  os::FutexWord rounds_ = 0;  // changed with the mutex held
  uint32_t waiters_ = 0;      // guarded by the mutex
  uint32_t tickets_ = 0;      // likewise
};

}  // namespace ipc

#endif  // IPC_CONDITION_H_
