// loop/task.h - a coroutine that the loop drives on its own.
//
// CONCEPT     A task owns a coroutine and gives it turns. In a turn it resumes
//             its innermost coroutine, goes on with that one's caller when it
//             ends, and stops when one suspends: step() is that loop, and the
//             only place that resumes a coroutine. What the task waits for
//             then queues it again. A task is a future of its result, so tasks
//             can await tasks.
//
//               [ready] --turn--> [running] --co_await--> [waiting] -.
//                  ^                  |                              |
//                  '------------------|-------- woken ---------------'
//                                     '--end--> [done]
//
//             To cancel is to ask: CancelledError is thrown at the place where
//             the task waits. The body may clean up, or refuse.
// IN PYTHON   asyncio.Task, create_task, current_task, all_tasks
// INVARIANTS  I1. Creating a task runs none of its body.
//             I2. The stack does not grow with the number of awaits, nor with
//                 the depth of the chain.
//             I3. cancel() runs nothing and is delivered at most once; how
//                 often it was asked for is counted.
//             I4. A frame is destroyed before its task is done, so arguments
//                 and locals are gone when anybody hears of it.
// THREADS     The loop's thread.
// OWNERSHIP   A task that is not done keeps itself: no handle is needed for it
//             to run to its end. (In Python it may vanish.) Handles share it;
//             closing the loop destroys what is left, and reports it.
// ERRORS      What leaves the coroutine is the task's error, and is reported
//             if nobody asks for it.
// LEFT OUT    Context variables, eager tasks.
// READ NEXT   loop/sleep.h, loop/event_loop.h
#ifndef LOOP_TASK_H_
#define LOOP_TASK_H_

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "loop/core.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/ref.h"
#include "loop/waiting.h"
#include "scheduler/clock.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace loop {

// The part of a task that does not depend on the type of its result.
class TaskBase : public Waiter {
 public:
  uint32_t id() const { return id_; }
  // The name it was given, or that of its outermost coroutine.
  std::string name() const;
  scheduler::TaskState state() const;
  // Its coroutines from the outermost inwards, and at the end what the
  // innermost waits for: {"main", "fetch", "future"}. The machine's stack does
  // not show this.
  std::vector<std::string> stack() const;

  // False if it is done already. [I3]
  bool cancel();
  // How often it was asked to cancel, minus what was taken back.
  uint32_t cancelling() const { return cancel_requests_; }
  // Takes one request back, returns how many are left. Does not stop a
  // cancellation that is on its way (as in Python 3.11).
  uint32_t uncancel();

  // For awaiters, see loop/waiting.h.
  Core& core() const { return *core_; }
  virtual FutureSlot& slot() = 0;
  void wait_at(Waitable& what);
  void check_cancelled();
  // Suspends until `when`, or until its next turn.
  void sleep_until(scheduler::TimePoint when);
  void yield() { core_->make_ready(*this); }

  // For the core: where it stands among all tasks that are not done.
  uint32_t index = 0;
  // For the loop that closes: forget what it waits for, then end it unfinished.
  void detach();
  void destroy();

  // Runnable and Waiter.
  void discard() override {}  // the loop ends its tasks by itself
  void finished(FutureSlot&) override { core_->make_ready(*this); }
  std::string describe() const override;
  void tell_woken(scheduler::Observer& observer) const override;

 protected:
  TaskBase(Core& core, FrameOwner frame);
  virtual ~TaskBase();
  void begin(std::string name);
  // One turn.
  void step();
  // Moves the result out of the frame, which has returned.
  virtual void store_result(PromiseBase& outermost) = 0;

 private:
  void end(PromiseBase& outermost);

  bool has_name_ = false;
  bool started_ = false;
  bool must_cancel_ = false;   // at its next turn
  bool throw_cancel_ = false;  // at the await that this turn resumes
  const uint32_t id_;
  uint32_t cancel_requests_ = 0;
  Core* const core_;  // kept alive by the slot
  // The innermost coroutine; null when there is none left.
  PromiseBase* top_;
  Waitable* waits_for_ = nullptr;

  friend PromiseBase;
  friend void await_child(FrameOwner&, PromiseBase&);
};

template <class T>
class TaskSlot final : public FutureSlotOf<T>, public TaskBase {
 public:
  TaskSlot(Core& core, Coroutine<T> coroutine, std::string name)
      : FutureSlotOf<T>(core),
        TaskBase(core, std::move(coroutine).take_frame()) {
    this->is_task_ = true;
    begin(std::move(name));
  }
  bool cancel() override { return TaskBase::cancel(); }
  void let_go() override {
    this->report_unretrieved("task '" + name() + "'");
    delete this;
  }
  void run() override { step(); }
  FutureSlot& slot() override { return *this; }
  TaskBase* as_task() override { return this; }

 private:
  ~TaskSlot() override = default;
  void store_result(PromiseBase& outermost) override {
    if constexpr (!std::is_void_v<T>) {
      this->value_.emplace(
          static_cast<CoroutinePromise<T>&>(outermost).take_result());
    }
  }
};

class Finished;

// A task of any type, for those who look at tasks or cancel them.
class AnyTask {
 public:
  explicit AnyTask(TaskBase& task) : slot_(&task.slot()) {}
  bool done() const { return slot_->done(); }
  bool cancelled() const { return slot_->cancelled(); }
  bool cancel() const { return slot_->cancel(); }
  uint32_t cancelling() const { return task().cancelling(); }
  uint32_t uncancel() const { return task().uncancel(); }
  std::string name() const { return task().name(); }
  scheduler::TaskState state() const { return task().state(); }
  std::vector<std::string> stack() const { return task().stack(); }
  std::exception_ptr exception() const { return slot_->exception(); }
  // co_await task.finished(): waits for its end and does not ask how it ended.
  Finished finished() const;

  TaskBase& task() const { return *slot_->as_task(); }
  FutureSlot& slot() const { return *slot_; }
  friend bool operator==(const AnyTask&, const AnyTask&) = default;

 private:
  Ref<FutureSlot> slot_;
};

// Waits until a future is done, whatever its result.
class [[nodiscard]] Finished {
 public:
  explicit Finished(Ref<FutureSlot> slot) : slot_(std::move(slot)) {}
  bool await_ready() const { return slot_->done(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    task_ = waiting.promise().task;
    wait_for(*task_, *slot_);
  }
  void await_resume() {
    if (task_ != nullptr) {
      task_->check_cancelled();
    }
  }

 private:
  const Ref<FutureSlot> slot_;
  TaskBase* task_ = nullptr;
};

inline Finished AnyTask::finished() const {
  return Finished(slot_);
}

template <class T>
class Task : public Future<T> {
 public:
  // Queues the coroutine; the loop gives it its first turn. [I1]
  Task(Core& core, Coroutine<T> coroutine, std::string name = {})
      : Future<T>(Ref<FutureSlotOf<T>>(
            new TaskSlot<T>(core, std::move(coroutine), std::move(name)))) {}

  uint32_t cancelling() const { return any().cancelling(); }
  uint32_t uncancel() const { return any().uncancel(); }
  std::string name() const { return any().name(); }
  scheduler::TaskState state() const { return any().state(); }
  std::vector<std::string> stack() const { return any().stack(); }
  AnyTask any() const { return AnyTask(*this->slot().as_task()); }
};

// Makes a task of the running loop.
template <class T>
Task<T> create_task(Coroutine<T> coroutine, std::string name = {}) {
  return Task<T>(require_running_core(), std::move(coroutine), std::move(name));
}

// The task whose turn it is; nullopt in a callback or outside of any loop.
std::optional<AnyTask> current_task();
// The tasks of the running loop that are not done, in order of creation.
std::vector<AnyTask> all_tasks();
std::vector<AnyTask> all_tasks(const Core& core);

}  // namespace loop

#endif  // LOOP_TASK_H_
