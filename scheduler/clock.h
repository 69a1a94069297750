// scheduler/clock.h - what time it is, and waiting for it to be later.
//
// CONCEPT     A scheduler never asks the machine for the time; it asks a
//             Clock. The steady one follows the machine and never goes back,
//             whatever happens to the date. The manual one stands still until
//             somebody advances it: an hour of sleeping takes no time at all,
//             every run is the same, and a test needs no sleep.
// IN PYTHON   time.monotonic, loop.time; asyncio's TestLoop advances a number.
// INVARIANTS  I1. now() never decreases.
//             I2. sleep_until(t) returns with now() >= t, never early.
// THREADS     SteadyClock: any. ManualClock: one thread.
// OWNERSHIP   Schedulers borrow their clock.
// ERRORS      None. Advancing into the past is a bug: assert.
// LEFT OUT    The wall clock: it may be set back, so no interval is measured
//             with it.
// READ NEXT   scheduler/trace.h
#ifndef SCHEDULER_CLOCK_H_
#define SCHEDULER_CLOCK_H_

#include <cassert>
#include <chrono>
#include <optional>

namespace scheduler {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::steady_clock::time_point;

// Seconds as Python writes them: 0.5 is half a second. Both directions. What
// does not fit, infinity included, is the longest there is: 292 years.
constexpr Duration seconds(double count) {
  assert(count == count && "a duration is a number");
  const double nanoseconds = count * 1e9;
  if (nanoseconds >= 0x1p63) {
    return Duration::max();
  }
  if (nanoseconds < -0x1p63) {
    return Duration::min();
  }
  return Duration(static_cast<Duration::rep>(nanoseconds));
}
constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// `delay` after `now`, or the end or beginning of all time if the sum would not
// fit.
constexpr TimePoint after(TimePoint now, Duration delay) {
  if (delay < Duration::zero() && now < TimePoint::min() - delay) {
    return TimePoint::min();
  }
  if (delay > Duration::zero() && now > TimePoint::max() - delay) {
    return TimePoint::max();
  }
  return now + delay;
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual void sleep_until(TimePoint when) = 0;
  void sleep_for(Duration duration) { sleep_until(after(now(), duration)); }
};

// The machine's monotonic clock. Nobody else in the repository reads it.
class SteadyClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  // Sleeps on through signals. [I2]
  void sleep_until(TimePoint when) override;

  // One for all: it has no state.
  static SteadyClock& instance();
};

// Virtual time: starts at zero and moves only when told to.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  void sleep_until(TimePoint when) override {
    if (when > now_) {
      now_ = when;
    }
  }
  void advance(Duration by) {
    assert(by >= Duration::zero() && "time does not go back");
    now_ += by;
  }

 private:
  TimePoint now_{};
};

// When a wait of at most `timeout` ends by the steady clock; none waits for
// ever. A deadline, so that waking early and waiting again adds no time.
inline std::optional<TimePoint> deadline_after(
    std::optional<Duration> timeout) {
  if (!timeout) {
    return std::nullopt;
  }
  return after(SteadyClock::instance().now(), *timeout);
}

}  // namespace scheduler

#endif  // SCHEDULER_CLOCK_H_
