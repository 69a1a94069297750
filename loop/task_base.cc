#include "loop/task_base.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "loop/report.h"
#include "scheduler/errors.h"

namespace loop {

using scheduler::CancelledError;
using scheduler::TaskState;

TaskBase::TaskBase(Core& core, FrameOwner frame, std::string name)
    : id_(core.next_task_id), core_(&core), top_(frame.get()) {
  core.check_thread();
  core.check_open();  // the frame is still its owner's, who reports it
  if (top_ == nullptr) {
    throw std::runtime_error("a coroutine that was awaited is used up");
  }
  core.tasks.push_back(this);
  if (!name.empty()) {
    try {
      core.task_names.emplace(this, std::move(name));
    } catch (...) {
      core.tasks.pop_back();
      throw;
    }
    has_name_ = true;
  }
  frame.release();
  top_->task = this;
}

TaskBase::~TaskBase() {
  if (has_name_) {
    core_->task_names.erase(this);
  }
}

// The last part of the constructor, when slot() and name() may be called.
void TaskBase::begin() {
  index = static_cast<uint32_t>(core_->tasks.size() - 1);
  ++core_->next_task_id;
  hold();
  if (core_->observer != nullptr) {
    try {
      core_->observer->created(id_, name());
    } catch (...) {  // then it was not: nothing may point to it
      leave_tasks();
      const FrameOwner unused(top_);
      throw;
    }
  }
  core_->ready.push(*this);
}

// The only place in the repository that resumes a coroutine of the loop.
void TaskBase::step() {
  if (asleep_ || must_cancel_) [[unlikely]] {
    if (asleep_) {
      // The turn of its timer. That wakes it for the next one, as if the timer
      // completed a future; but no future need be made. The observer knows.
      asleep_ = false;
      core_->ready.push(*this);
      return;
    }
    if (!started_) {
      end_unstarted();
      return;
    }
    must_cancel_ = false;
    throw_cancel_ = true;
  }
  started_ = true;
  waits_for_ = nullptr;
  Core& core = *core_;
  core.current_task = this;
  if (core.observer != nullptr) [[unlikely]] {
    core.observer->running(id_);
  }
  // resume() comes back in one of three ways: the coroutine suspended (top_ is
  // as before), it awaits a child (top_ is the child), or it ended (top_ is
  // its caller, or null). The last two go on here, so depth is no depth. [I2]
  PromiseBase* resumed;
  do {
    resumed = top_;
    resumed->body().resume();
  } while (top_ != nullptr && top_ != resumed);
  core.current_task = nullptr;
  if (top_ == nullptr) {
    end(*resumed);  // may destroy *this
  } else if (core.observer != nullptr) [[unlikely]] {
    const bool sleeps = TimerQueue::contains(*this);
    core.observer->suspended(id_,
                             waits_for_ != nullptr ? waits_for_->reason()
                             : sleeps              ? scheduler::Reason::kSleep
                                                   : scheduler::Reason::kYield,
                             scheduler::Decider::kTask);
  }
}

// It was cancelled before its first turn: none of the body runs, as in Python.
void TaskBase::end_unstarted() {
  must_cancel_ = false;
  top_->error = std::make_exception_ptr(CancelledError());
  end(*top_);
}

void TaskBase::end(PromiseBase& outermost) {
  std::exception_ptr error = std::move(outermost.error);
  if (!error) {
    try {
      store_result(outermost);
    } catch (...) {  // moving the result failed
      error = std::current_exception();
    }
  }
  if (!error && must_cancel_) {  // in its last turn; nobody else would say so
    must_cancel_ = false;
    error = std::make_exception_ptr(CancelledError());
  }
  if (error && !has_name_) {
    // Whoever reports the error wants to say whose it was.
    core_->task_names.emplace(this, outermost.name);
    has_name_ = true;
  }
  top_ = nullptr;
  outermost.body().destroy();  // [I4]
  leave_tasks();
  if (core_->observer != nullptr) [[unlikely]] {
    core_->observer->finished(id_);
  }
  const std::exception_ptr exit_request =
      error && is_exit_request(error) ? error : nullptr;
  complete(std::move(error));
  let_loose();
  if (exit_request) [[unlikely]] {
    std::rethrow_exception(exit_request);
  }
}

bool TaskBase::cancel() {
  if (done()) {
    return false;
  }
  core_->check_thread();
  // Down the chain of tasks that wait for tasks, in a loop: it may be long.
  // Each remembers who came before it, so a chain that closes is noticed, also
  // when it closes through a gather, which comes back to here.
  struct Walk {
    TaskBase* last = nullptr;
    void step_to(TaskBase& task) {
      task.walked_from_ = last != nullptr ? last : &task;
      last = &task;
    }
    ~Walk() {
      while (last != nullptr) {
        TaskBase* const before = std::exchange(last->walked_from_, nullptr);
        last = before != last ? before : nullptr;
      }
    }
  } walk;
  TaskBase* task = this;
  while (task->walked_from_ == nullptr) {
    walk.step_to(*task);
    ++task->cancel_requests_;
    Waitable* const what = task->waits_for_;
    TaskBase* const inner = what != nullptr ? what->as_task() : nullptr;
    if (inner != nullptr && !inner->done()) {
      task = inner;
      continue;
    }
    if (what == nullptr || !what->cancel()) {
      task->must_cancel_ = true;
      if (TimerQueue::contains(*task)) {
        core_->timers.remove(*task);
        task->asleep_ = false;
        core_->make_ready(*task);
      }
    }
    return true;
  }
  task->leave_circle();
  return true;
}

// It waits for itself in the end, so nothing but this will ever wake it.
void TaskBase::leave_circle() {
  must_cancel_ = true;
  if (waits_for_ != nullptr && waits_for_->drop(*this)) {
    waits_for_ = nullptr;
    core_->make_ready(*this);
  }
}

uint32_t TaskBase::uncancel() {
  core_->check_thread();
  if (cancel_requests_ > 0) {
    --cancel_requests_;
  }
  return cancel_requests_;
}

void TaskBase::wait_at(Waitable& what) {
  waits_for_ = &what;
  // It was cancelled in this very turn: the next wait is where it hears of it.
  if (must_cancel_ && what.cancel()) {
    must_cancel_ = false;
  }
}

void TaskBase::sleep_until(scheduler::TimePoint when) {
  if (must_cancel_) {
    core_->make_ready(*this);
  } else {
    core_->timers.push(*this, when);
    asleep_ = true;
  }
}

void TaskBase::throw_cancelled() {
  throw_cancel_ = false;
  throw CancelledError();
}

void TaskBase::detach() {
  if (Waitable* const what = std::exchange(waits_for_, nullptr)) {
    what->abandon();
  }
}

void TaskBase::destroy() {
  destroy_chain(std::exchange(top_, nullptr));
  let_loose();
}

std::string TaskBase::name() const {
  if (has_name_) {
    return core_->task_names.at(this);
  }
  const PromiseBase* outermost = top_;
  while (outermost != nullptr && outermost->caller != nullptr) {
    outermost = outermost->caller;
  }
  return outermost != nullptr ? outermost->name : "task-" + std::to_string(id_);
}

TaskState TaskBase::state() const {
  if (top_ == nullptr) {
    return TaskState::kTerminated;
  }
  if (core_->current_task == this) {
    return TaskState::kRunning;
  }
  if (!started_) {
    return TaskState::kNew;
  }
  return waits_for_ != nullptr || TimerQueue::contains(*this)
             ? TaskState::kWaiting
             : TaskState::kReady;
}

std::vector<std::string> TaskBase::stack() const {
  std::vector<std::string> names;
  if (waits_for_ != nullptr) {
    names.emplace_back(waits_for_->kind());
  } else if (TimerQueue::contains(*this)) {
    names.emplace_back("sleep");
  }
  for (const PromiseBase* frame = top_; frame != nullptr;
       frame = frame->caller) {
    names.emplace_back(frame->name);
  }
  std::reverse(names.begin(), names.end());
  return names;
}

std::string TaskBase::describe() const {
  std::string text = "task '" + name() + "'";
  const std::vector<std::string> chain = stack();
  for (size_t i = 0; i < chain.size(); ++i) {
    text += (i == 0 ? ": " : " > ") + chain[i];
  }
  return text;
}

void TaskBase::tell_woken(scheduler::Observer& observer) const {
  if (core_->current_task != this) {  // one that yields was never away
    observer.woken(id_);
  }
}

}  // namespace loop
