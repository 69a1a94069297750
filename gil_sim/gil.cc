#include "gil_sim/gil.h"

#include <cassert>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "gil_sim/main_thread_work.h"
#include "gil_sim/thread_number.h"

namespace gil_sim {

double Gil::switch_interval() const {
  // Relaxed, here and where it is set: see the declaration.
  return static_cast<double>(interval_us_.load(std::memory_order_relaxed)) /
         1e6;
}

void Gil::set_switch_interval(double seconds) {
  if (!(seconds > 0)) {  // refuses NaN as well
    throw std::invalid_argument("the switch interval must be positive");
  }
  if (!(seconds < 1e9)) {  // a deadline beyond 30 years would overflow
    throw std::invalid_argument("the switch interval is too long");
  }
  // Relaxed: a number by itself; a waiter reads it before its next wait.
  interval_us_.store(static_cast<int64_t>(seconds * 1e6),
                     std::memory_order_relaxed);
}

void Gil::acquire() {
  // The caller may be about to judge a system call by errno.
  const int saved_errno = errno;
  mutex_.lock();
  if (must_hang()) {
    hang();
  }
  if (locked_) {
    wait_for_a_chance();
  }
  {
    const os::MutexLock switching(switch_mutex_);
    locked_ = true;
    // Relaxed, here and in release(): every conclusion from it is drawn under
    // a mutex that its writer held too, before or after.
    if (last_holder_.load(std::memory_order_relaxed) != thread_number()) {
      last_holder_.store(thread_number(), std::memory_order_relaxed);
      ++counts_.switches;
    }
    if (standing_aside_ > 0) {
      switched_.notify_all();  // each sees for itself
    }
    assert(forced_switches_ <= counts_.requests && "who gives way was asked");
  }
  // The new slice starts without a request, even if it was somebody else who
  // asked: that waiter waits one more interval and asks again.
  breaker_.lower(EvalBreaker::kDropRequest);
  main_thread_work().holder_changed();
  ++counts_.takes;
  if (times_) {
    times_->took(thread_number());
  }
  check_invariants();
  // A daemon that was waiting when the shutdown began: by taking the lock it
  // has freed whoever stood aside for it, and now gives it back for good.
  if (must_hang()) {
    locked_ = false;
    ++counts_.drops;
    if (times_) {
      times_->dropped(thread_number());
    }
    freed_.notify_one();
    hang();
  }
  mutex_.unlock();
  errno = saved_errno;
}

void Gil::wait_for_a_chance() {
  const auto& clock = scheduler::SteadyClock::instance();
  const scheduler::TimePoint begin = clock.now();
  scheduler::TimePoint now = begin;
  std::optional<scheduler::TimePoint> asked;
  ++waiting_;
  while (locked_) {
    const int64_t switches_before = counts_.switches;
    // Relaxed: see the declaration.
    const int64_t interval = interval_us_.load(std::memory_order_relaxed);
    const auto deadline =
        now + std::chrono::microseconds(interval > 0 ? interval : 1);
    const bool timed_out = !freed_.wait_until(mutex_, deadline);
    ++counts_.waits;
    now = clock.now();
    // Asking is for a wait that saw no movement at all. Otherwise the new
    // holder has its own full interval. [I2]
    if (timed_out && locked_ && counts_.switches == switches_before) {
      if (must_hang()) {
        --waiting_;
        // Perhaps its own request of before. Nobody would take the lock for
        // it, and the holder would stand aside for ever. Other waiters ask
        // again.
        breaker_.lower(EvalBreaker::kDropRequest);
        hang();
      }
      if (!breaker_.has(EvalBreaker::kDropRequest)) {
        assert(now >= deadline &&
               "nobody asks before a full interval");  // [I2]
        breaker_.raise(EvalBreaker::kDropRequest);
        ++counts_.requests;
        asked = asked.value_or(now);
        if (times_) {
          times_->asked(thread_number());
        }
      }
    }
  }
  --waiting_;
  counts_.waited += now - begin;
  if (times_) {
    times_->waited(thread_number(), now - begin,
                   asked ? now - *asked : scheduler::Duration::zero());
  }
}

void Gil::release(Release release) {
  // Relaxed: read by others under a mutex that we are about to take.
  last_holder_.store(thread_number(), std::memory_order_relaxed);
  bool wake = false;
  bool keeps_times = false;
  {
    const os::MutexLock lock(mutex_);
    keeps_times = times_.has_value();
    assert(locked_ && "a lock that is free cannot be dropped");
    locked_ = false;
    ++counts_.drops;
    if (times_) {
      times_->dropped(thread_number());
    }
    check_invariants();
    wake = waiting_ > 0;
  }
  // Not under the mutex, on which the woken thread would fall asleep again.
  if (wake) {
    freed_.notify_one();  // one, not all: only one can win
  }
  if (release == Release::kForGood ||
      !breaker_.has(EvalBreaker::kDropRequest)) {
    return;  // [I4]
  }
  bool stood_aside = false;
  {
    const os::MutexLock switching(switch_mutex_);
    const auto we_were_last = [this] {
      // Relaxed: its writers held a mutex that we hold, see acquire().
      return last_holder_.load(std::memory_order_relaxed) == thread_number();
    };
    if (we_were_last()) {
      assert(breaker_.has(EvalBreaker::kDropRequest) &&
             "a drop waits only if it was asked for");  // [I4]
      breaker_.lower(EvalBreaker::kDropRequest);
      ++forced_switches_;
      stood_aside = true;
      ++standing_aside_;
      // Without a deadline: who asked is awake by now and takes the lock,
      // unless a third thread was quicker; either will signal.
      while (we_were_last()) {
        switched_.wait(switch_mutex_);
      }
      --standing_aside_;
    }
    assert(!we_were_last() && "another one took it in between");  // [I3]
  }
  if (stood_aside && keeps_times) {
    const os::MutexLock lock(mutex_);
    times_->stood_aside(thread_number());
  }
}

void Gil::on_eval_breaker() {
  if (breaker_.has(EvalBreaker::kDropRequest)) {
    {
      const os::MutexLock lock(mutex_);
      ++counts_.drops_on_request;
    }
    drop();
    take();
  }
}

void Gil::begin_shutdown() {
  assert(held() == this && "who ends the program holds the lock");
  finalizer_ = thread_number();
}

bool Gil::must_hang() const {
  // Relaxed: it is written by a holder of the lock, and nobody gets past the
  // take without having been behind that holder under mutex_.
  const uint64_t finalizer = finalizer_.load(std::memory_order_relaxed);
  return finalizer != 0 && finalizer != thread_number();
}

void Gil::hang() {
  // Not pthread_exit: it unwinds the stack, and a destructor on the way may
  // want the lock back, or be noexcept, which would end the whole program.
  for (os::CondVar never;;) {
    never.wait(mutex_);
  }
}

void Gil::after_fork_in_child() NO_THREAD_SAFETY_ANALYSIS {
  assert(held() == this && "the holder forks");
  // Other threads may have held these at the instant of the fork. They are not
  // here to let go, so the old state is forgotten, not unlocked.
  std::construct_at(&mutex_);
  std::construct_at(&freed_);
  std::construct_at(&switch_mutex_);
  std::construct_at(&switched_);
  std::construct_at(&times_);  // perhaps half written: no longer kept
  locked_ = true;
  waiting_ = 0;
  standing_aside_ = 0;
  breaker_.lower(EvalBreaker::kDropRequest);
  main_thread_work().after_fork_in_child();
}

int Gil::waiting() const {
  const os::MutexLock lock(mutex_);
  return waiting_;
}

void Gil::keep_times() {
  const os::MutexLock lock(mutex_);
  assert(counts_.takes == 0 && "times are kept from the first take on");
  times_.emplace();
}

std::vector<LockTimes::Thread> Gil::times() const {
  const os::MutexLock lock(mutex_);
  return times_ ? times_->rows() : std::vector<LockTimes::Thread>();
}

Gil::Statistics Gil::statistics() const {
  const os::MutexLock lock(mutex_);
  Statistics counts = counts_;
  const os::MutexLock switching(switch_mutex_);
  counts.forced_switches = forced_switches_;
  return counts;
}

void Gil::check_invariants() const {
  assert(counts_.takes == counts_.drops + (locked_ ? 1 : 0) &&
         "at most one thread holds the lock");  // [I1]
  assert(counts_.switches <= counts_.takes && "a switch is a take");
  assert(counts_.requests <= counts_.waits && "who asks has waited");
  assert(counts_.drops_on_request <= counts_.requests &&
         "a request is good for one drop");
}

}  // namespace gil_sim
