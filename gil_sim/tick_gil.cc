#include "gil_sim/tick_gil.h"

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "gil_sim/eval_breaker.h"
#include "gil_sim/thread_number.h"
#include "scheduler/clock.h"

namespace gil_sim {

TickGil::TickGil() {
  // Up for good: the old interpreter looked at its counter at every check
  // point, where the new one looks at a word that is almost always zero.
  breaker_.raise(EvalBreaker::kTicks);
}

int64_t TickGil::check_interval() const {
  return interval_.load(std::memory_order_relaxed);  // see the declaration
}

void TickGil::set_check_interval(int64_t ticks) {
  interval_.store(ticks, std::memory_order_relaxed);  // see the declaration
}

void TickGil::acquire() {
  const int saved_errno = errno;  // of the blocking call that ends here
  {
    const os::MutexLock lock(mutex_);
    wait_until_free();
    locked_ = true;
    ++counts_.takes;
    if (times_) {
      times_->took(thread_number());
    }
    if (last_holder_ != thread_number()) {
      last_holder_ = thread_number();
      ++counts_.hand_overs;
    }
    assert(counts_.takes == counts_.drops + 1 &&
           "at most one thread holds the lock");  // [I1]
  }
  errno = saved_errno;
}

void TickGil::wait_until_free() {
  const auto& clock = scheduler::SteadyClock::instance();
  const bool timed = locked_ && times_;
  const scheduler::TimePoint begin =
      timed ? clock.now() : scheduler::TimePoint{};
  ++waiting_;
  while (locked_) {
    freed_.wait(mutex_);
  }
  --waiting_;
  if (timed) {
    times_->waited(thread_number(), clock.now() - begin);
  }
}

void TickGil::release(Release) {
  const os::MutexLock lock(mutex_);
  assert(locked_ && "a lock that is free cannot be dropped");
  locked_ = false;
  ++counts_.drops;
  if (times_) {
    times_->dropped(thread_number());
  }
  if (waiting_ > 0) {
    freed_.notify_one();
  }
}

void TickGil::on_eval_breaker() {
  --ticker_;
  // What this thread could not serve just now waits for the main thread, and
  // the only means to get it here is to let go again and again. [I3]
  const bool hurry = breaker_.has(EvalBreaker::kMainThreadWork);
  if (ticker_ >= 0 && !hurry) {
    return;
  }
  // No interval means the same as any below it, which would only overflow.
  ticker_ = std::max(check_interval(), int64_t{0});
  {
    const os::MutexLock lock(mutex_);
    ++counts_.releases;
  }
  drop();
  take();  // nothing in between: awake as we are, we mostly win
}

int TickGil::waiting() const {
  const os::MutexLock lock(mutex_);
  return waiting_;
}

void TickGil::keep_times() {
  const os::MutexLock lock(mutex_);
  assert(counts_.takes == 0 && "times are kept from the first take on");
  times_.emplace();
}

std::vector<LockTimes::Thread> TickGil::times() const {
  const os::MutexLock lock(mutex_);
  return times_ ? times_->rows() : std::vector<LockTimes::Thread>();
}

TickGil::Statistics TickGil::statistics() const {
  const os::MutexLock lock(mutex_);
  return counts_;
}

}  // namespace gil_sim
