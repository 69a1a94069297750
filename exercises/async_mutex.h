// exercises/async_mutex.h - one task in, the others wait.
//
// CONCEPT     Between two co_awaits nobody interrupts a task; across one,
//             anything can happen. A mutex for tasks holds the others off
//             until its holder is through, and the hard part is not the
//             waiting: it is a waiter who is cancelled, perhaps when the mutex
//             is already on its way to him.
//
//               acquire: free? take it : wait for a future of my own
//               release: somebody waits? give it to the first : free
//
// IN PYTHON   asyncio.Lock
// INVARIANTS  I1. One holder at most.
//             I2. First come, first served, without those who were cancelled.
//             I3. The mutex is not free while somebody waits for it, nor is it
//                 held by one who was cancelled.
// THREADS     The loop's thread.
// OWNERSHIP   Outlives its users.
// ERRORS      CancelledError out of acquire(), which then holds nothing.
//             release() of a free mutex: std::runtime_error.
// READ NEXT   loop/future.h; then loop/sync/lock.h, which does it in less
//             memory
#ifndef EXERCISES_ASYNC_MUTEX_H_
#define EXERCISES_ASYNC_MUTEX_H_

#include <deque>

#include "loop/coroutine.h"
#include "loop/future.h"

namespace exercises {

class AsyncMutex {
 public:
  // co_await mutex.acquire();
  loop::Coroutine<> acquire();
  void release();
  bool locked() const { return locked_; }

 private:
  bool locked_ = false;
  std::deque<loop::Future<void>> waiting_;  // in order of coming
};

}  // namespace exercises

#endif  // EXERCISES_ASYNC_MUTEX_H_
