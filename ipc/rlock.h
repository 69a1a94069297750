// ipc/rlock.h - a mutex that its holder may lock again.
//
// CONCEPT     Functions that lock the same thing call each other. With a plain
//             mutex the inner one would wait for the outer one for ever; this
//             one counts how often its holder has locked it, and is free when
//             it has been unlocked as often.
// IN PYTHON   multiprocessing.RLock
// INVARIANTS  I1. Free when its holder has unlocked it as often as locked.
//             I2. As ipc/mutex.h, a dead holder never makes others wait,
//                 however deep it was inside.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory (see ipc/mutex.h).
// ERRORS      std::runtime_error from unlock() by a thread that does not hold
//             it, where Python has an AssertionError.
// READ NEXT   ipc/value.h, which has one
#ifndef IPC_RLOCK_H_
#define IPC_RLOCK_H_

#include "ipc/mutex.h"

namespace ipc {

class RLock : public Mutex {
 public:
  RLock() : Mutex(PTHREAD_MUTEX_RECURSIVE) {}
};

}  // namespace ipc

#endif  // IPC_RLOCK_H_
