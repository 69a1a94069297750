#include "demos/support/demo_loop.h"

#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "demos/support/report.h"
#include "loop/epoll_poller.h"
#include "loop/poller.h"
#include "loop/virtual_poller.h"

namespace demos::support {

namespace {

std::unique_ptr<loop::Poller> poller_for(Time time,
                                         scheduler::ManualClock& manual) {
  if (time == Time::kVirtual) {
    return std::make_unique<loop::VirtualPoller>(manual);
  }
  return std::make_unique<loop::EpollPoller>();
}

template <class Store>
void add_choice_of_clock(Flags& flags, Store* time, std::string unless_given) {
  flags.parsed(
      "clock", "NAME",
      [=](std::string_view text) {
        if (text != "real" && text != "virtual") {
          throw std::invalid_argument("accepted: real, virtual");
        }
        *time = text == "virtual" ? Time::kVirtual : Time::kReal;
      },
      "the machine's clock, or one that never waits", "real or virtual",
      std::move(unless_given));
}

}  // namespace

void add_clock_flag(Flags& flags, Time* time) {
  add_choice_of_clock(flags, time, *time == Time::kReal ? "real" : "virtual");
}

void add_clock_flag(Flags& flags, std::optional<Time>* time,
                    std::string unless_given) {
  add_choice_of_clock(flags, time, std::move(unless_given));
}

void add_real_clock_flag(Flags& flags, const std::string& why) {
  flags.parsed(
      "clock", "NAME",
      [=](std::string_view text) {
        if (text != "real") {
          throw std::invalid_argument("accepted: real; " + why);
        }
      },
      "the machine's clock; " + why, "real", "real");
}

DemoLoop::DemoLoop(Time time)
    : time_(time),
      clock_(time == Time::kVirtual ? static_cast<scheduler::Clock*>(&manual_)
                                    : &scheduler::SteadyClock::instance()),
      loop_(poller_for(time, manual_), *clock_),
      start_(clock_->now()) {}

void DemoLoop::compute(scheduler::Duration duration) {
  if (time_ == Time::kVirtual) {
    manual_.advance(duration);
    return;
  }
  const scheduler::TimePoint end = clock_->now() + duration;
  while (clock_->now() < end) {
  }
}

std::string seconds_text(scheduler::Duration duration) {
  return fixed(scheduler::in_seconds(duration), 2) + " s";
}

}  // namespace demos::support
