// gil_sim/condition.h - sleep until somebody says that things have changed.
//
// CONCEPT     A thread that holds a lock and finds things not yet as it needs
//             them waits: it lets the lock go, sleeps, and has the lock again
//             when it wakes. Who changes things notifies. A condition is a
//             queue of locks: each waiter brings one of its own, acquired, and
//             acquires it a second time, which is to sleep. To notify is to
//             release the first locks of the queue.
//
//               waiters:  [lock A] [lock B] [lock C]      notify(2)
//                            ^        ^        ^          releases A and B
//                          sleeps   sleeps   sleeps
//
// IN PYTHON   threading.Condition
// INVARIANTS  I1. The lock is held when wait() is called and when it returns,
//                 whatever the reason.
//             I2. notify(n) wakes the n who have waited longest.
//             I3. A notification goes to one who had begun to wait before it.
// THREADS     Any that holds the lock.
// OWNERSHIP   Borrows the lock. Nobody may wait when the condition goes.
// ERRORS      RuntimeError if the lock is not held at all.
// LEFT OUT    Conditions over an RLock, which must remember a depth.
// READ NEXT   gil_sim/queue.h, which has three conditions on one lock
#ifndef GIL_SIM_CONDITION_H_
#define GIL_SIM_CONDITION_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <optional>

#include "gil_sim/lock.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Condition {
 public:
  explicit Condition(Lock& lock) : lock_(lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  // True if notified; false if `timeout` came first.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt);

  // Waits until `predicate` is true; gives its last value. It is called with
  // the lock held.
  bool wait_for(const std::function<bool()>& predicate,
                std::optional<scheduler::Duration> timeout = std::nullopt);

  void notify(size_t n = 1);
  void notify_all() { notify(std::numeric_limits<size_t>::max()); }

 private:
  struct Waiter {
    Lock asleep;  // acquired twice, the second time by falling asleep
    bool notified = false;
  };
  void must_be_held() const;

  Lock& lock_;
  // Guarded by lock_. In order of arrival; each on the stack of who waits.
  std::deque<Waiter*> waiters_;
};

}  // namespace gil_sim

#endif  // GIL_SIM_CONDITION_H_
