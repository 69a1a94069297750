#include "ipc/condition.h"

#include <algorithm>

namespace ipc {

bool Condition::wait_until(Mutex& mutex,
                           std::optional<scheduler::TimePoint> deadline) {
  uint32_t seen = rounds_.load();
  ++waiters_;
  for (;;) {
    mutex.unlock();
    // A notifier that comes now changes the word, and the kernel sees it.
    const bool in_time = os::futex_wait(rounds_, seen, deadline);
    mutex.lock();
    // Only a notification from after our coming is ours. [I3]
    const bool notified = rounds_.load() != seen && tickets_ > 0;
    if (notified) {
      --tickets_;
    }
    if (notified || !in_time) {
      --waiters_;
      tickets_ = std::min(tickets_, waiters_);
      return notified;
    }
    seen = rounds_.load();
  }
}

void Condition::notify(uint32_t n) {
  // A holder that was killed in here may have left more tickets than waiters.
  tickets_ = std::min(tickets_, waiters_);
  tickets_ += std::min(n, waiters_ - tickets_);
  if (tickets_ > 0) {
    // Woken before the mutex is free: were we killed in between, they are
    // awake already, and the mutex tells the next of them that we died.
    ++rounds_;
    os::futex_wake(rounds_);
  }
}

}  // namespace ipc
