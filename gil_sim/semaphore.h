// gil_sim/semaphore.h - so many threads in, the others wait.
//
// CONCEPT     A counter of permits: acquire takes one and waits while there
//             are none, release brings some back. Nobody checks that who
//             releases has acquired, so a semaphore can also count things made
//             by one thread and used up by another. The bounded one refuses
//             more permits than it began with, which finds a release too many.
// IN PYTHON   threading.Semaphore, threading.BoundedSemaphore
// INVARIANTS  I1. permits = initial + released - acquired, never negative.
// THREADS     Any.
// OWNERSHIP   Nobody may wait for it when it goes.
// ERRORS      ValueError for a negative start, for releasing less than one,
//             and for growing beyond the bound.
// LEFT OUT    Taking several permits at once.
// READ NEXT   gil_sim/event.h
#ifndef GIL_SIM_SEMAPHORE_H_
#define GIL_SIM_SEMAPHORE_H_

#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "gil_sim/condition.h"
#include "gil_sim/lock.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Semaphore {
 public:
  explicit Semaphore(int permits = 1)
      : Semaphore(permits, std::numeric_limits<int>::max()) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  // True when the caller has a permit; false if `timeout` came first.
  bool acquire(std::optional<scheduler::Duration> timeout = std::nullopt) {
    const std::lock_guard held(lock_);
    if (!more_.wait_for([this] { return permits_ > 0; }, timeout)) {
      return false;
    }
    --permits_;
    return true;
  }
  bool try_acquire() { return acquire(scheduler::Duration::zero()); }

  void release(int n = 1) {
    if (n < 1) {
      throw std::invalid_argument("a semaphore releases one permit or more");
    }
    const std::lock_guard held(lock_);
    if (n > bound_ - permits_) {
      throw std::invalid_argument("a semaphore was released too many times");
    }
    permits_ += n;
    more_.notify(static_cast<size_t>(n));
  }

  // For std::lock_guard.
  void lock() { acquire(); }
  void unlock() { release(); }

 protected:
  Semaphore(int permits, int bound) : bound_(bound), permits_(permits) {
    if (permits < 0) {
      throw std::invalid_argument("a semaphore has no less than 0 permits");
    }
  }

 private:
  const int bound_;
  Lock lock_;
  Condition more_{lock_};
  int permits_;  // guarded by lock_
};

class BoundedSemaphore final : public Semaphore {
 public:
  explicit BoundedSemaphore(int permits = 1) : Semaphore(permits, permits) {}
};

}  // namespace gil_sim

#endif  // GIL_SIM_SEMAPHORE_H_
