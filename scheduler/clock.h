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

// Seconds as Python writes them: 0.5 is half a second. Both directions.
constexpr Duration seconds(double count) {
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(count));
}
constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual void sleep_until(TimePoint when) = 0;
  void sleep_for(Duration duration) { sleep_until(now() + duration); }
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
  const TimePoint now = SteadyClock::instance().now();
  // So long that the sum would not fit into the clock.
  return *timeout < TimePoint::max() - now ? now + *timeout : TimePoint::max();
}

}  // namespace scheduler

#endif  // SCHEDULER_CLOCK_H_
