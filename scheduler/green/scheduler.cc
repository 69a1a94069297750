#include "scheduler/green/scheduler.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include "scheduler/green/overflow.h"

namespace scheduler::green {

Scheduler::~Scheduler() {
  assert(running_ != this && "a scheduler outlives its run()");
}

GreenThread& Scheduler::spawn(std::string name, std::function<void()> body) {
  const Guard guard;
  Stack stack = take_stack();
  GreenThread& thread =
      threads_.emplace_back(GreenThread::Key{}, TaskId(threads_.size() + 1),
                            std::move(name), std::move(body));
  thread.stack_ = std::move(stack);
  thread.fiber_.emplace(*thread.stack_, &enter, &thread);
  if (observer_ != nullptr) {
    observer_->created(thread.id_, thread.name_);
  }
  take_edge(thread.state_, TaskState::kReady);
  ready_.push(thread);
  return thread;
}

void Scheduler::run() {
  assert(running_ == nullptr && "a kernel thread runs one scheduler at a time");
  std::string deadlock;
  {
    const Guard guard;  // no tick may take the CPU from this very stack
    const OverflowReport report([]() -> StackInUse {
      if (running_ == nullptr || running_->self_ == nullptr) {
        return {};
      }
      return {.owner = running_->self_->name_.c_str(),
              .stack = &*running_->self_->stack_};
    });
    running_ = this;
    for (;;) {
      while (GreenThread* const thread = next()) {
        dispatch(thread);
        bury_finished();  // none, if we are back because nothing is ready
      }
      std::string waits = who_waits_for_what();
      if (waits.empty()) {
        break;
      }
      deadlock = std::move(waits);
      unwind_all();
    }
    running_ = nullptr;
  }
  if (!deadlock.empty()) {
    throw DeadlockError("deadlock: " + deadlock + whose_error_is_left());
  }
  for (GreenThread& thread : threads_) {
    if (thread.error_ != nullptr) {
      std::rethrow_exception(std::exchange(thread.error_, nullptr));
    }
  }
}

// The first function on a new stack. Nothing may leave it: there is no caller.
void Scheduler::enter(void* argument) {
  auto& self = *static_cast<GreenThread*>(argument);
  self.fiber_->begin();
  holds.count = 0;  // whoever switched here held at least one [Guard I2]
  try {
    self.body_();
  } catch (const Unwind&) {
    // The end of a thread that had been given up.
  } catch (...) {
    const Guard guard;
    self.error_ = std::current_exception();
  }
  holds.count = 1;
  running_->finish(self);
}

void Scheduler::finish(GreenThread& thread) {
  thread.body_ = nullptr;  // what it captured dies here, not with the scheduler
  take_edge(thread.state_, TaskState::kTerminated);
  if (observer_ != nullptr) {
    observer_->finished(thread.id_);
  }
  thread.joiners_.wake_all();
  finished_ = &thread;
  self_ = nullptr;
  holds.tick_missed = 0;
  Fiber::leave(*thread.fiber_, outside_);
}

// A stack cannot be freed by the one who stands on it: run() does it.
void Scheduler::bury_finished() {
  if (GreenThread* const thread = std::exchange(finished_, nullptr)) {
    thread->fiber_.reset();
    free_stacks_.push_back(std::move(*thread->stack_));
    thread->stack_.reset();
  }
}

Stack Scheduler::take_stack() {
  if (free_stacks_.empty()) {
    return Stack(stack_size_);
  }
  Stack stack = std::move(free_stacks_.back());
  free_stacks_.pop_back();
  return stack;
}

void Scheduler::preempt() {
  wake_sleepers();
  if (!ready_.empty()) {
    give_way(Reason::kQuantum, Decider::kSystem);
  }
}

void Scheduler::sleep_until(TimePoint when) {
  const Guard guard;
  expect_wakeup();
  sleepers_.push_back({.due = when, .order = ++sleeps_, .thread = self_});
  std::push_heap(sleepers_.begin(), sleepers_.end(), std::greater<>());
  block(Reason::kSleep, {.what = "a time"});
}

void sleep_for(Duration duration) {
  Scheduler& scheduler = Scheduler::current();
  scheduler.sleep_until(scheduler.clock().now() + duration);
}

void Scheduler::expect_wakeup() {
  if (!unwinding_) {
    return;
  }
  if (self_->given_up_) {
    std::fprintf(stderr,
                 "green thread %s waits again while a deadlock unwinds it: "
                 "nobody is left to wake it\n",
                 self_->name_.c_str());
    std::abort();
  }
  unwind_self();
}

void Scheduler::block(Reason reason, WaitsFor waits_for) {
  assert(!unwinding_ && "nobody is left to wake who waits");
  suspend(TaskState::kWaiting, reason, Decider::kTask);
  self_->waits_for_ = waits_for;
  dispatch(next());
  if (unwinding_) {
    unwind_self();
  }
}

void Scheduler::unwind_self() {
  self_->given_up_ = true;
  throw Unwind();
}

void Scheduler::wake(GreenThread& thread) {
  if (!unwinding_) {
    make_ready(thread);
    ready_.push(thread);
  }
}

void Scheduler::make_ready(GreenThread& thread) {
  take_edge(thread.state_, TaskState::kReady);
  if (observer_ != nullptr) {
    observer_->woken(thread.id_);
  }
}

// Who runs next; waits for the first sleeper if it must. Null says that nobody
// ever will: all have ended, or it is a deadlock.
GreenThread* Scheduler::next() {
  for (;;) {
    wake_sleepers();
    if (!ready_.empty()) {
      return &ready_.pop();
    }
    if (sleepers_.empty()) {
      return nullptr;
    }
    clock_->sleep_until(sleepers_.front().due);
  }
}

void Scheduler::wake_sleepers() {
  if (sleepers_.empty()) {
    return;  // reading the clock costs more than the rest of a switch
  }
  const TimePoint now = clock_->now();
  while (!sleepers_.empty() && sleepers_.front().due <= now) {
    GreenThread& thread = *sleepers_.front().thread;
    std::pop_heap(sleepers_.begin(), sleepers_.end(), std::greater<>());
    sleepers_.pop_back();
    wake(thread);
  }
}

std::string Scheduler::who_waits_for_what() const {
  std::string text;
  for (const GreenThread& thread : threads_) {
    if (thread.state_ == TaskState::kWaiting) {
      const auto& [what, whom] = thread.waits_for_;
      text += text.empty() ? "" : "; ";
      text += thread.name_ + " waits for " + std::string(what);
      text += whom == nullptr ? "" : " " + whom->name_;
    }
  }
  return text;
}

std::string Scheduler::whose_error_is_left() const {
  std::string text;
  for (const GreenThread& thread : threads_) {
    if (thread.error_ == nullptr) {
      continue;
    }
    text += "; " + thread.name_ + " had failed, unjoined: ";
    try {
      std::rethrow_exception(thread.error_);
    } catch (const std::exception& error) {
      text += error.what();
    } catch (...) {
      text += "unknown exception";
    }
  }
  return text;
}

size_t Scheduler::errors_left() const {
  return static_cast<size_t>(std::count_if(
      threads_.begin(), threads_.end(),
      [](const GreenThread& thread) { return thread.error_ != nullptr; }));
}

// Lets each waiting thread go on with an exception, so that its destructors run
// and nothing that only its stack knows is lost.
void Scheduler::unwind_all() {
  unwinding_ = true;
  // By index: a destructor might spawn.
  for (size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].state_ == TaskState::kWaiting) {
      make_ready(threads_[i]);
      threads_[i].next_ready = nullptr;  // it stands in a queue without wakers
      dispatch(&threads_[i]);
      bury_finished();
    }
  }
  sleepers_.clear();
  unwinding_ = false;
}

void GreenThread::join() {
  const Guard guard;
  if (is_alive()) {
    joiners_.wait(Reason::kTask, {.what = "the end of", .whom = this});
  }
  if (error_ != nullptr) {
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
}

}  // namespace scheduler::green
