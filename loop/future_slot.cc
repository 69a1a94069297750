#include "loop/future_slot.h"

#include <stdexcept>

#include "loop/report.h"

namespace loop {

using scheduler::CancelledError;
using scheduler::InvalidStateError;

FutureSlot::~FutureSlot() {
  FutureSlot::abandon();  // what a subclass is has gone before
  report_unretrieved("a future");
}

void FutureSlot::report_unretrieved(const std::string& who) noexcept {
  if (error_ && !retrieved_) {
    retrieved_ = true;
    core_->report({"the error of " + who + " was never retrieved", error_});
  }
}

void FutureSlot::abandon() {
  while (!waiters_.empty()) {
    waiters_.pop().discard();
  }
}

bool FutureSlot::cancel() {
  core_->check_thread();
  if (done()) {
    return false;
  }
  finish(State::kCancelled);
  return true;
}

void FutureSlot::set_exception(std::exception_ptr error) {
  check_pending();
  if (!error) {
    throw std::invalid_argument("set_exception needs an error, not null");
  }
  error_ = std::move(error);
  finish(State::kFinished);
}

void FutureSlot::complete(std::exception_ptr error) {
  if (error && is_cancellation(error)) {
    finish(State::kCancelled);
    return;
  }
  error_ = std::move(error);
  finish(State::kFinished);
}

void FutureSlot::check_pending() const {
  core_->check_thread();
  if (done()) {
    throw InvalidStateError("a future is completed once");
  }
}

std::exception_ptr FutureSlot::exception() {
  if (state_ == State::kPending) {
    throw InvalidStateError("the future is not done yet");
  }
  if (state_ == State::kCancelled) {
    throw CancelledError();
  }
  retrieved_ = true;
  return error_;
}

void FutureSlot::raise() {
  std::rethrow_exception(exception());
}

void FutureSlot::add_waiter(Waiter& waiter) {
  if (done()) {
    waiter.finished(*this);
  } else {
    waiters_.push(waiter);
  }
}

void FutureSlot::check_belongs_to(const Core& core) const {
  if (core_.get() != &core) {
    throw std::runtime_error("a future belongs to another event loop");
  }
}

void FutureSlot::suspend(TaskBase& task) {
  check_belongs_to(task.core());
  if (as_task() == &task) {
    throw std::runtime_error("a task cannot await itself");
  }
  add_waiter(task);
  task.wait_at(*this);
}

bool FutureSlot::drop(const Waiter& waiter) {
  return remove_waiters([&](Runnable& each) { return &each == &waiter; }) != 0;
}

void FutureSlot::finish(State state) {
  state_ = state;
  while (!waiters_.empty()) {
    static_cast<Waiter&>(waiters_.pop()).finished(*this);
  }
}

}  // namespace loop
