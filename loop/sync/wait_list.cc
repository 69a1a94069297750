#include "loop/sync/wait_list.h"

#include <cassert>
#include <stdexcept>

namespace loop::sync {

void Wait::suspend(TaskBase& task) {
  assert(list_ != nullptr && "what a task waits for outlives the wait");
  const Wait* const other = list_->first_;
  if (other != nullptr && &other->task_->core() != &task.core()) {
    throw std::runtime_error("tasks of another event loop wait here");
  }
  task_ = &task;
  state_ = State::kWaiting;
  list_->push(*this);
  task.wait_at(*this);
}

bool Wait::cancel() {
  if (state_ == State::kWaiting) {
    state_ = State::kCancelled;
    task_->core().make_ready(*task_);  // [I2]
  }
  return false;  // the task sees to its CancelledError by itself
}

void Wait::leave() {
  if (listed_) {
    list_->remove(*this);
  }
}

const char* Wait::kind() const {
  return list_ != nullptr ? list_->kind_ : "something that is gone";
}

WaitList::~WaitList() {
  while (first_ != nullptr) {
    Wait& wait = *first_;
    remove(wait);
    wait.list_ = nullptr;
  }
}

bool WaitList::all_cancelled() const {
  for (const Wait* each = first_; each != nullptr; each = each->after_) {
    if (each->state_ != Wait::State::kCancelled) {
      return false;
    }
  }
  return true;
}

bool WaitList::wake_next() {
  while (next_ != nullptr && next_->state_ != Wait::State::kWaiting) {
    next_ = next_->after_;
  }
  if (next_ == nullptr) {
    return false;
  }
  wake(*next_);
  return true;
}

void WaitList::wake_first() {
  if (first_ != nullptr && first_->state_ == Wait::State::kWaiting) {
    wake(*first_);
  }
}

void WaitList::wake(Wait& wait) {
  Core& core = wait.task_->core();
  core.check_thread();
  wait.state_ = Wait::State::kWoken;
  core.make_ready(*wait.task_);  // [I2]
}

void WaitList::push(Wait& wait) {
  wait.before_ = last_;
  (last_ == nullptr ? first_ : last_->after_) = &wait;
  last_ = &wait;
  if (next_ == nullptr) {
    next_ = &wait;
  }
  wait.listed_ = true;
}

void WaitList::remove(Wait& wait) {
  if (next_ == &wait) {
    next_ = wait.after_;
  }
  (wait.before_ == nullptr ? first_ : wait.before_->after_) = wait.after_;
  (wait.after_ == nullptr ? last_ : wait.after_->before_) = wait.before_;
  wait.before_ = wait.after_ = nullptr;
  wait.listed_ = false;
}

}  // namespace loop::sync
