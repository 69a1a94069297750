#include "gil_sim/lock.h"

#include <stdexcept>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread_number.h"

namespace gil_sim {

bool Lock::try_acquire() {
  uint32_t free = kFree;
  return word_.compare_exchange_strong(free, kHeld);
}

bool Lock::acquire(std::optional<scheduler::Duration> timeout) {
  if (try_acquire()) {
    return true;
  }
  if (timeout && *timeout <= scheduler::Duration::zero()) {
    return false;  // no wait, so no reason to let go of the interpreter lock
  }
  const auto deadline = scheduler::deadline_after(timeout);
  const AllowThreads allow;
  // Who had to wait takes it as wanted: others may be asleep, and only a
  // release that finds it so wakes the next.
  while (word_.exchange(kWanted) != kFree) {
    if (!os::futex_wait(word_, kWanted, deadline)) {
      return false;  // [I2]
    }
  }
  return true;  // [I1]
}

void Lock::release() {
  uint32_t state = word_.load();
  do {
    if (state == kFree) {
      throw std::runtime_error("release of a free lock");
    }
  } while (!word_.compare_exchange_weak(state, kFree));
  // From here on the lock is an address and nothing else: who acquires it next
  // may end its life. A wake-up that finds nobody asleep there does no harm.
  if (state == kWanted) {
    os::futex_wake(word_, 1);
  }
}

bool Lock::locked() const {
  return word_.load() != kFree;
}

bool RLock::is_mine() const {
  // Relaxed: a thread reads its own number only if it has written it itself.
  return owner_.load(std::memory_order_relaxed) == thread_number();
}

bool RLock::acquire(std::optional<scheduler::Duration> timeout) {
  if (!is_mine()) {
    if (!lock_.acquire(timeout)) {
      return false;
    }
    // Relaxed, here and in release(): only the thread that stored its own
    // number can read it back as its own, and it sees its own stores in order.
    owner_.store(thread_number(), std::memory_order_relaxed);
  }
  ++depth_;
  return true;
}

void RLock::release() {
  if (!is_mine()) {
    throw std::runtime_error("only its owner releases a re-entrant lock");
  }
  if (--depth_ == 0) {
    // Before the lock is free: the next owner writes here too.
    owner_.store(0, std::memory_order_relaxed);
    lock_.release();
  }
}

}  // namespace gil_sim
