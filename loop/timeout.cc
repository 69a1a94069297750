#include "loop/timeout.h"

#include <cassert>
#include <stdexcept>

#include "loop/core.h"
#include "loop/event_loop.h"

namespace loop {

void Timeout::enter() {
  if (state_ != State::kCreated) {
    throw std::runtime_error("a timeout can be entered once only");
  }
  state_ = State::kEntered;
  task_ = require_running_core().current_task;
  cancelling_ = task_->cancelling();
  reschedule(when_);
}

void Timeout::reschedule(std::optional<scheduler::TimePoint> when) {
  if (state_ == State::kCreated) {
    throw std::runtime_error("the timeout has not been entered yet");
  }
  if (state_ != State::kEntered) {
    throw std::runtime_error("the timeout has expired or ended already");
  }
  when_ = when;
  timer_.cancel();
  if (!when) {
    return;
  }
  EventLoop& loop = task_->core().loop();
  const auto fire = [this] { expire(); };
  if (*when <= loop.time()) {
    timer_.reset(loop.call_soon(fire));
  } else {
    timer_.reset(loop.call_at(*when, fire));
  }
}

void Timeout::expire() {
  assert(state_ == State::kEntered && "leave() cancels the timer");
  state_ = State::kExpiring;
  task_->cancel();
}

bool Timeout::leave() {
  timer_.cancel();
  if (state_ != State::kExpiring) {
    state_ = State::kExited;
    return false;
  }
  state_ = State::kExpired;
  return task_->uncancel() <= cancelling_;  // [I2]
}

Timeout timeout(std::optional<scheduler::Duration> delay) {
  const scheduler::TimePoint now = require_running_core().now();
  return Timeout(delay ? std::optional(scheduler::after(now, *delay))
                       : std::nullopt);
}

}  // namespace loop
