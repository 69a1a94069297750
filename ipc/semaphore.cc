#include "ipc/semaphore.h"

#include <stdexcept>

namespace ipc {

Semaphore::Semaphore(int permits, int bound)
    : bound_(static_cast<uint32_t>(bound)),
      permits_(static_cast<uint32_t>(permits)) {
  if (permits < 0) {
    throw std::invalid_argument("a semaphore has no less than 0 permits");
  }
}

bool Semaphore::try_acquire() {
  uint32_t permits = permits_.load();
  while (permits > 0) {
    if (permits_.compare_exchange_weak(permits, permits - 1)) {
      return true;
    }
  }
  return false;
}

bool Semaphore::acquire(std::optional<scheduler::Duration> timeout) {
  if (try_acquire()) {
    return true;
  }
  const auto deadline = scheduler::deadline_after(timeout);
  // First announced, then looked again: whoever releases changes the word
  // first and looks for waiters then, so one of the two sees the other. [I2]
  ++waiters_;
  bool in_time = true;
  bool taken = try_acquire();
  while (!taken && in_time) {
    in_time = os::futex_wait(permits_, 0, deadline);
    taken = try_acquire();  // also after the deadline: it may have come then
  }
  --waiters_;
  return taken;
}

void Semaphore::release(int n) {
  if (n < 1) {
    throw std::invalid_argument("a semaphore releases one permit or more");
  }
  const auto more = static_cast<uint32_t>(n);
  uint32_t permits = permits_.load();
  do {
    if (more > bound_ - permits) {
      throw std::invalid_argument("a semaphore was released too many times");
    }
  } while (!permits_.compare_exchange_weak(permits, permits + more));
  if (waiters_.load() > 0) {
    os::futex_wake(permits_);
  }
}

}  // namespace ipc
