#include "demos/runners/lane.h"

#include "demos/support/machine.h"

namespace demos::runners {

namespace {

using scheduler::Decider;
using scheduler::Reason;

// Shorter absences are interrupts and the cost of looking.
constexpr scheduler::Duration kShortestGap = scheduler::seconds(0.0002);

scheduler::TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

}  // namespace

Lane::Lane(bool records, int item) {
  if (records) {
    timeline_.emplace(stamp_, scheduler::Timeline::Cpu::kReal);
    timeline_->created(kItem, std::to_string(item));
  }
}

void Lane::runs() {
  if (timeline_) {
    timeline_->running(kItem);
    look_at_clocks();
  }
}

void Lane::waits(Reason reason) {
  if (timeline_) {
    timeline_->suspended(kItem, reason, Decider::kTask);
  }
}

void Lane::is_woken() {
  if (timeline_) {
    timeline_->woken(kItem);
  }
}

void Lane::ends() {
  at_check_point();
  if (timeline_) {
    timeline_->finished(kItem);
  }
}

void Lane::at_check_point() {
  if (!timeline_) {
    return;
  }
  const auto gap = now() - seen_;
  const auto used = support::thread_cpu_time() - cpu_seen_;
  if (gap - used >= kShortestGap) {
    was_off(now() - (gap - used), Reason::kQuantum);
  }
  look_at_clocks();
}

void Lane::stood_aside(scheduler::TimePoint since) {
  if (timeline_) {
    was_off(since, Reason::kGil);
    look_at_clocks();
  }
}

const std::vector<scheduler::Event>& Lane::events() const {
  static const std::vector<scheduler::Event> none;
  return timeline_ ? timeline_->events() : none;
}

void Lane::was_off(scheduler::TimePoint since, Reason reason) {
  stamp_.past_ = since;
  timeline_->suspended(kItem, reason, Decider::kSystem);
  stamp_.past_.reset();
  timeline_->woken(kItem);
  timeline_->running(kItem);
}

void Lane::look_at_clocks() {
  seen_ = now();
  cpu_seen_ = support::thread_cpu_time();
}

}  // namespace demos::runners
