// loop/sync/condition.h - sleep until somebody says that things have changed.
//
// CONCEPT     A task that holds a lock and finds things not yet as it needs
//             them waits: it lets the lock go, sleeps, and has the lock again
//             when it goes on. Who changes things notifies. A notified task
//             queues for the lock like everybody else, so it goes on after the
//             notifier has released it, and finds the world as the last holder
//             has left it: it must look again. wait_for() does.
//
//               const auto held = co_await condition.scoped();
//               co_await condition.wait_for([&] { return !items.empty(); });
//
// IN PYTHON   asyncio.Condition
// INVARIANTS  I1. The lock is held when wait() is called and when it returns
//                 or throws, also if it is cancelled again and again.
//             I2. notify(n) wakes the n who have waited longest.
//             I3. A notification is used: who got one and was cancelled passes
//                 it on. (Python 3.11 loses it; 3.13 passes it on.)
// THREADS     The loop's thread.
// OWNERSHIP   Brings a lock, or borrows one that others share. Outlives its
//             users.
// ERRORS      RuntimeError if the lock is not held; CancelledError.
// READ NEXT   loop/sync/semaphore.h
#ifndef LOOP_SYNC_CONDITION_H_
#define LOOP_SYNC_CONDITION_H_

#include <cstddef>
#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/sync/lock.h"
#include "loop/sync/wait_list.h"

namespace loop::sync {

class Condition {
 public:
  Condition() : lock_(own_) {}
  explicit Condition(Lock& lock) : lock_(lock) {}

  // Those of its lock.
  Lock::Acquire acquire() { return lock_.acquire(); }
  Lock::Scoped scoped() { return lock_.scoped(); }
  void release() { lock_.release(); }
  bool locked() const { return lock_.locked(); }

  Coroutine<> wait();
  // Waits until the predicate, called with the lock held, is true; gives what
  // it returned.
  template <class Predicate>
  Coroutine<std::decay_t<std::invoke_result_t<Predicate&>>> wait_for(
      Predicate predicate) {
    for (;;) {
      auto value = predicate();
      if (value) {
        co_return std::move(value);
      }
      co_await wait();
    }
  }

  void notify(size_t n = 1);
  void notify_all();

 private:
  void must_be_held() const;

  Lock own_;  // unused if it borrows one
  Lock& lock_;
  WaitList waiters_{"condition"};
};

}  // namespace loop::sync

#endif  // LOOP_SYNC_CONDITION_H_
