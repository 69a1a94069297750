#include "scheduler/clock.h"

#include <time.h>

#include <cerrno>

namespace scheduler {

void SteadyClock::sleep_until(TimePoint when) {
  using std::chrono::duration_cast;
  const auto since_boot = when.time_since_epoch();
  const auto whole = duration_cast<std::chrono::seconds>(since_boot);
  const timespec deadline = {
      .tv_sec = whole.count(),
      .tv_nsec = duration_cast<Duration>(since_boot - whole).count()};
  // An absolute deadline, so that repeating after a signal adds no delay.
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) ==
         EINTR) {
  }
}

SteadyClock& SteadyClock::instance() {
  // Never destroyed: a thread may end, and sleep, later than the statics.
  static SteadyClock& clock = *new SteadyClock;
  return clock;
}

}  // namespace scheduler
