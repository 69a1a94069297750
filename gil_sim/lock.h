// gil_sim/lock.h - one thread in, the others wait.
//
// CONCEPT     A lock is free or taken, and belongs to nobody: who releases it
//             need not be who acquired it, which makes it a building block.
//             Conditions, semaphores, events, barriers and queues of this
//             folder are made of locks, as those of Python are. RLock is the
//             lock with an owner: its owner may acquire it again and must
//             release it as often.
//
//             One word says how it stands, and only who must sleep, or wake a
//             sleeper, asks the kernel:
//
//               free --acquire--> held --somebody waits--> wanted
//                ^                  '------- release, -------'
//                '----------------- wake one if it was wanted
//
//             A thread that has to wait drops the interpreter lock first. One
//             that finds the lock free, or may not wait, never touches it.
// IN PYTHON   threading.Lock, threading.RLock; `with lock:` is
//             `const std::lock_guard held(lock);`
// INVARIANTS  I1. Between acquire and release no other acquire succeeds.
//             I2. An acquire that timed out has changed nothing.
// THREADS     Any.
// OWNERSHIP   Nobody may wait for it when it goes.
// ERRORS      RuntimeError for the release of a free lock, or of an RLock by
//             another than its owner.
// LEFT OUT    The ValueError for a negative time-out: here it has passed, as a
//             deadline may that somebody computed. Fairness: a thread that
//             comes at the right moment overtakes those who sleep.
//             loop/sync/lock.h is fair.
// READ NEXT   gil_sim/condition.h
#ifndef GIL_SIM_LOCK_H_
#define GIL_SIM_LOCK_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "os/futex.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // True when the lock is the caller's; false if `timeout` came first.
  bool acquire(std::optional<scheduler::Duration> timeout = std::nullopt);
  bool try_acquire();
  void release();
  bool locked() const;

  // For std::lock_guard and its kin.
  void lock() { acquire(); }
  bool try_lock() { return try_acquire(); }
  void unlock() { release(); }

 private:
  enum State : uint32_t { kFree, kHeld, kWanted };  // kWanted: held as well

  os::FutexWord word_{kFree};
};

class RLock {
 public:
  bool acquire(std::optional<scheduler::Duration> timeout = std::nullopt);
  bool try_acquire() { return acquire(scheduler::Duration::zero()); }
  void release();

  void lock() { acquire(); }
  bool try_lock() { return try_acquire(); }
  void unlock() { release(); }

 private:
  bool is_mine() const;

  Lock lock_;
  // The number of the owner; 0 if there is none. Read by others only to find
  // that they are not it, hence atomic.
  std::atomic<uint64_t> owner_{0};
  int depth_ = 0;  // the owner's
};

}  // namespace gil_sim

#endif  // GIL_SIM_LOCK_H_
