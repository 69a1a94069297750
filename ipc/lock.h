// ipc/lock.h - one in, whatever process it is in; anyone may let it out.
//
// CONCEPT     A semaphore with one permit. It does not know who holds it, and
//             that has two sides: a process may release what another one has
//             acquired, so it can also be used to hand a turn over; and if the
//             holder is killed, nobody can know, and all others wait for ever.
//             ipc/mutex.h is the opposite in both.
// IN PYTHON   multiprocessing.Lock
// INVARIANTS  I1. Held once at most.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory: ipc::Shared<ipc::Lock>.
// ERRORS      std::invalid_argument for unlocking what is not locked, as
//             Python's ValueError.
// READ NEXT   ipc/mutex.h
#ifndef IPC_LOCK_H_
#define IPC_LOCK_H_

#include "ipc/semaphore.h"
#include "scheduler/clock.h"

namespace ipc {

class Lock {
 public:
  void lock() { permit_.acquire(); }
  bool try_lock() { return permit_.try_acquire(); }
  // False if `timeout` came first.
  bool lock_within(scheduler::Duration timeout) {
    return permit_.acquire(timeout);
  }
  void unlock() { permit_.release(); }

 private:
  BoundedSemaphore permit_{1};
};

}  // namespace ipc

#endif  // IPC_LOCK_H_
