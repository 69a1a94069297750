#include "gil_sim/condition.h"

#include <stdexcept>

namespace gil_sim {

bool Condition::wait(std::optional<scheduler::Duration> timeout) {
  must_be_held();
  Waiter self;
  self.asleep.acquire();
  waiters_.push_back(&self);
  lock_.release();
  self.asleep.acquire(timeout);
  lock_.acquire();  // [I1]
  // A notification that came after the time was up, while we waited for the
  // lock, counts: it went to us and to nobody else.
  if (!self.notified) {
    std::erase(waiters_, &self);
  }
  return self.notified;
}

bool Condition::wait_for(const std::function<bool()>& predicate,
                         std::optional<scheduler::Duration> timeout) {
  const auto deadline = scheduler::deadline_after(timeout);
  while (!predicate()) {
    std::optional<scheduler::Duration> left;
    if (deadline) {
      left = *deadline - scheduler::SteadyClock::instance().now();
      if (*left <= scheduler::Duration::zero()) {
        return false;
      }
    }
    wait(left);
  }
  return true;
}

void Condition::notify(size_t n) {
  must_be_held();
  for (; n > 0 && !waiters_.empty(); --n) {
    Waiter& first = *waiters_.front();  // [I2]
    waiters_.pop_front();
    first.notified = true;
    // Safe though the waiter will be gone when it returns from wait(): for that
    // it needs the lock, which is ours.
    first.asleep.release();
  }
}

void Condition::must_be_held() const {
  if (!lock_.locked()) {
    throw std::runtime_error("a condition is used with its lock held");
  }
}

}  // namespace gil_sim
