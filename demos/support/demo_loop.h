// demos/support/demo_loop.h - a loop by the machine's clock, or by one that
// never waits.
//
// CONCEPT     A demo that sleeps can be run in two ways. By the real clock a
//             learner feels the second pass. By the virtual one the same tasks
//             run in the same order at once, and every time that is printed is
//             exact, so that a test can compare it byte by byte.
//             Work that keeps the CPU takes time by either clock: the real one
//             passes meanwhile, the virtual one is set forward.
// IN PYTHON   nothing built in
// INVARIANTS  I1. By the virtual clock nothing here waits for real.
// THREADS     One.
// OWNERSHIP   Owns clock and loop.
// ERRORS      As loop/event_loop.h.
// READ NEXT   loop/virtual_poller.h
#ifndef DEMOS_SUPPORT_DEMO_LOOP_H_
#define DEMOS_SUPPORT_DEMO_LOOP_H_

#include <optional>
#include <string>

#include "demos/support/flags.h"
#include "loop/event_loop.h"
#include "scheduler/clock.h"

namespace demos::support {

enum class Time { kReal, kVirtual };

// --clock=real or --clock=virtual.
void add_clock_flag(Flags& flags, Time* time);
// The same where the default is neither: empty unless given.
void add_clock_flag(Flags& flags, std::optional<Time>* time,
                    std::string unless_given);
// For a demo of real work: --clock=virtual is refused, with the reason.
void add_real_clock_flag(Flags& flags, const std::string& why);

class DemoLoop {
 public:
  explicit DemoLoop(Time time);

  loop::EventLoop& loop() { return loop_; }
  const scheduler::Clock& clock() const { return *clock_; }
  // Since this object was made.
  scheduler::Duration now() const { return clock_->now() - start_; }

  // Waits as a system call does: the whole thread stands.
  void block(scheduler::Duration duration) { clock_->sleep_for(duration); }
  // Keeps the CPU for so long.
  void compute(scheduler::Duration duration);

 private:
  const Time time_;
  scheduler::ManualClock manual_;
  scheduler::Clock* const clock_;
  loop::EventLoop loop_;
  const scheduler::TimePoint start_;
};

// "1.00 s"
std::string seconds_text(scheduler::Duration duration);

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_DEMO_LOOP_H_
