// demos/runners/lane.h - what one item did, and when.
//
// CONCEPT     A lane writes down when its item ran, waited and went on. Waits
//             are exact: the item itself says when they begin and end. What it
//             cannot see is the system taking the CPU away in the middle of
//             work. But it can be told afterwards: if, between two check
//             points, more time has passed than the thread has used of the
//             CPU, then it stood somewhere, ready and not running. Where in
//             between is not known; it is drawn at the end.
//
//               check ########################## check     0.9 of 1.5 ms used
//               check ################---------- check     what is drawn
//
// IN PYTHON   the documents print a line at the start and end of each task
//             [C-191]
// INVARIANTS  I1. A lane that does not record does nothing at all.
// THREADS     One at a time.
// OWNERSHIP   Owns its events until take().
// ERRORS      None.
// LEFT OUT    The exact moments of forced switches: the system tells them to
//             the privileged only.
// READ NEXT   scheduler/timeline.h
#ifndef DEMOS_RUNNERS_LANE_H_
#define DEMOS_RUNNERS_LANE_H_

#include <optional>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::runners {

class Lane {
 public:
  Lane(bool records, int item);
  Lane(Lane&&) = delete;

  // The item begins, or goes on after a wait.
  void runs();
  // It stops by its own decision.
  void waits(scheduler::Reason reason);
  // It has what it waited for; the next thing it does may be another wait.
  void is_woken();
  void ends();

  // In the middle of work: looks whether the CPU was taken away.
  void at_check_point();
  // It stood aside for the lock from `since` until now, because of a request.
  void stood_aside(scheduler::TimePoint since);

  bool records() const { return timeline_.has_value(); }
  const std::vector<scheduler::Event>& events() const;

 private:
  // The steady clock, but for a moment that has passed already.
  class Stamp final : public scheduler::Clock {
   public:
    scheduler::TimePoint now() const override {
      return past_ ? *past_ : scheduler::SteadyClock::instance().now();
    }
    void sleep_until(scheduler::TimePoint) override {}
    std::optional<scheduler::TimePoint> past_;
  };

  void was_off(scheduler::TimePoint since, scheduler::Reason reason);
  void look_at_clocks();

  static constexpr scheduler::TaskId kItem = 0;
  Stamp stamp_;
  std::optional<scheduler::Timeline> timeline_;
  // When the item was last seen running: by the wall and by its own CPU.
  scheduler::TimePoint seen_{};
  scheduler::Duration cpu_seen_{};
};

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_LANE_H_
