// scheduler/green/green_thread.h - a thread that the system knows nothing of.
//
// CONCEPT     A function, a stack, a saved context, a state: that is a thread.
//             The system schedules one kernel thread and never learns that
//             many of these take turns on it; switching costs no system call.
//             The price: one that blocks in the system blocks all, and two
//             never run at the same time.
// IN PYTHON   greenlet.greenlet, gevent.Greenlet (spawn, join)
// INVARIANTS  I1. The state moves along the edges of scheduler/task_state.h.
//             I2. It has a stack from its spawn to its end, not longer.
//             I3. Its body's exception reaches one join() or run(), once. Of
//                 several that nobody joined, run() throws one at a time.
// THREADS     The scheduler's kernel thread.
// OWNERSHIP   The scheduler owns its threads until it dies; a GreenThread& from
//             spawn() is a borrowed handle.
// ERRORS      join() throws what the body threw.
// LEFT OUT    Cancelling a thread from outside; timeouts of join.
// READ NEXT   scheduler/green/scheduler.h
#ifndef SCHEDULER_GREEN_GREEN_THREAD_H_
#define SCHEDULER_GREEN_GREEN_THREAD_H_

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "scheduler/green/fiber.h"
#include "scheduler/green/stack.h"
#include "scheduler/green/wait_queue.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace scheduler::green {

class GreenThread {
 public:
  const std::string& name() const { return name_; }
  TaskId id() const { return id_; }
  TaskState state() const { return state_; }
  bool is_alive() const { return state_ != TaskState::kTerminated; }

  // Waits until the body has returned; throws what it threw, to the first who
  // asks.
  void join();

  // What a switch away from here has saved. Only of a thread that is not
  // running and has not ended.
  const Context& context() const { return fiber_->context(); }
  // The memory it runs on, likewise.
  const Stack& stack() const { return *stack_; }

  // The link of scheduler::RunQueue: ready, or waiting in a WaitQueue.
  GreenThread* next_ready = nullptr;

  // Only the scheduler makes threads.
  class Key {
    friend class Scheduler;
    Key() = default;
  };
  GreenThread(Key, TaskId id, std::string name, std::function<void()> body)
      : id_(id), name_(std::move(name)), body_(std::move(body)) {}

 private:
  friend class Scheduler;

  // Set once.
  const TaskId id_;
  const std::string name_;
  // Changed under a Guard.
  std::function<void()> body_;
  TaskState state_ = TaskState::kNew;
  WaitsFor waits_for_;
  WaitQueue joiners_;
  std::exception_ptr error_;
  bool given_up_ = false;  // its stack is being unwound by a deadlock
  std::optional<Stack> stack_;
  std::optional<Fiber> fiber_;  // stands on stack_, so it goes first
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_GREEN_THREAD_H_
