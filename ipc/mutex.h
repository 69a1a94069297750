// ipc/mutex.h - a lock between processes that outlives its holder.
//
// CONCEPT     A process can be killed at any instant, also while it holds a
//             lock. With an ordinary one all others then wait for ever. A
//             *robust* mutex knows who holds it, and the kernel looks at the
//             mutexes of each thread that ends: the next one to lock it gets
//             it, and is told.
//
//               A: lock() ..changes half of it.. killed
//               B: lock()   owner_died() == true   repair, mark_repaired()
//
//             Why not just go on? Because what the mutex guards may be half
//             changed. Only its user can know how to make it whole again; or,
//             better, changes it in such a way that one store makes the
//             difference, as ipc/queue.h does.
// IN PYTHON   nothing: a multiprocessing.Lock whose holder dies is lost
// INVARIANTS  I1. Held by one thread of one process at most.
//             I2. A dead holder never makes others wait.
//             I3. After a death owner_died() is true for every holder until
//                 one has said mark_repaired(): if the one who repairs dies,
//                 the next one knows.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory, where it stays until the memory goes. A
//             forked child does not hold what its parent holds.
// ERRORS      std::runtime_error from unlock() by a thread that does not hold
//             it. Locking twice is a bug: assert.
// READ NEXT   ipc/rlock.h, ipc/condition.h
#ifndef IPC_MUTEX_H_
#define IPC_MUTEX_H_

#include <pthread.h>

#include <optional>

#include "scheduler/clock.h"

namespace ipc {

class Mutex {
 public:
  Mutex() : Mutex(PTHREAD_MUTEX_ERRORCHECK) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock();
  // At once, or not at all.
  bool try_lock();
  // False if `timeout` came first.
  bool lock_within(scheduler::Duration timeout);
  void unlock();

  // Both by the holder only.
  bool owner_died() const { return owner_died_; }
  void mark_repaired() { owner_died_ = false; }

 protected:
  explicit Mutex(int kind);

 private:
  bool took_it(int error);

  pthread_mutex_t mutex_;
  bool owner_died_ = false;  // guarded by mutex_ [I3]
};

}  // namespace ipc

#endif  // IPC_MUTEX_H_
