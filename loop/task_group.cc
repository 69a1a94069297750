#include "loop/task_group.h"

#include <stdexcept>

#include "loop/core.h"
#include "loop/report.h"

namespace loop {

using scheduler::CancelledError;

void TaskGroup::enter() {
  if (parent_ != nullptr) {
    throw std::runtime_error("a task group can be entered once only");
  }
  parent_ = require_running_core().current_task;
}

void TaskGroup::check_accepts() const {
  if (parent_ == nullptr) {
    throw std::runtime_error("the task group has not been entered yet");
  }
  if (leaving_ && children_.empty()) {
    throw std::runtime_error("the task group has ended");
  }
  if (aborting_) {
    throw std::runtime_error("the task group is being cancelled");
  }
}

void TaskGroup::adopt(FutureSlot& task) {
  const auto child = children_.emplace(children_.end(), task);
  child->watch.emplace(task, [this, child](FutureSlot& ended) {
    children_.erase(child);
    child_ended(ended);
  });
}

void TaskGroup::child_ended(FutureSlot& task) {
  if (no_children_ && children_.empty() && !no_children_->done()) {
    no_children_->set_result();
  }
  const std::exception_ptr error =
      task.cancelled() ? nullptr : task.exception();  // [I3]
  if (!error) {
    return;
  }
  errors_.push_back(error);
  if (!exit_request_ && is_exit_request(error)) {
    exit_request_ = error;
  }
  if (!aborting_ && !parent_cancelled_) {
    cancel_children();
    parent_cancelled_ = true;  // taken back by leave()
    parent_->cancel();
  }
}

void TaskGroup::cancel_children() {
  aborting_ = true;
  for (const Child& child : children_) {
    child.task.cancel();
  }
}

Coroutine<> TaskGroup::leave(std::exception_ptr body_error) {
  leaving_ = true;
  const bool body_cancelled = body_error && is_cancellation(body_error);
  if (body_error && !exit_request_ && is_exit_request(body_error)) {
    exit_request_ = body_error;
  }
  // If it is the group's own, there is an error too, which comes first.
  std::exception_ptr cancelled = body_cancelled ? body_error : nullptr;
  if (body_error && !aborting_) {
    cancel_children();
  }
  // In a loop, because the wait itself may be cancelled, more than once.
  while (!children_.empty()) {
    no_children_.emplace();
    try {
      co_await *no_children_;
    } catch (const CancelledError&) {
      if (!aborting_) {
        cancelled = std::current_exception();
        cancel_children();
      }
    }
    no_children_.reset();
  }
  if (parent_cancelled_) {
    parent_->uncancel();  // [I4]
  }
  if (exit_request_) {
    std::rethrow_exception(exit_request_);
  }
  if (cancelled && errors_.empty()) {
    std::rethrow_exception(cancelled);
  }
  if (body_error && !body_cancelled) {
    errors_.push_back(body_error);
  }
  if (!errors_.empty()) {
    throw scheduler::ErrorGroup("unhandled errors in a TaskGroup",
                                std::move(errors_));
  }
}

}  // namespace loop
