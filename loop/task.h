// loop/task.h - a coroutine that the loop drives on its own.
//
// CONCEPT     A task is two things in one object: a chain of coroutines that
//             gets turns, and a future of what the outermost one returns. So
//             tasks can await tasks, and a task can be waited for by many.
//             Awaiting a coroutine runs it as a part of the awaiting task;
//             making a task of it lets both run side by side.
// IN PYTHON   asyncio.Task, create_task, current_task, all_tasks
// INVARIANTS  I1. create_task() runs nothing: the first turn comes later.
//             I2. A task runs to its end whether or not anybody holds it. (In
//                 Python it may vanish.)
// THREADS     The loop's thread.
// OWNERSHIP   A task that is not done keeps itself. Handles share it; closing
//             the loop destroys what is left, and reports it.
// ERRORS      What leaves the coroutine is the task's error, and is reported
//             if nobody asks for it. RuntimeError for a result from outside.
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
#include "loop/frame.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "loop/task_base.h"
#include "scheduler/task_state.h"

namespace loop {

template <class T>
class TaskSlot final : public FutureSlotOf<T>, public TaskBase {
 public:
  TaskSlot(Core& core, Coroutine<T> coroutine, std::string name)
      : FutureSlotOf<T>(core),
        TaskBase(core, std::move(coroutine).take_frame(), std::move(name)) {
    this->is_task_ = true;
    begin();
  }
  bool cancel() override { return TaskBase::cancel(); }
  void let_go() override {
    this->report_unretrieved("task '" + name() + "'");
    delete this;
  }
  void run() override { step(); }
  FutureSlot& slot() override { return *this; }
  bool done() const override { return FutureSlot::done(); }
  TaskBase* as_task() override { return this; }

 private:
  ~TaskSlot() override = default;
  void complete(std::exception_ptr error) override {
    FutureSlot::complete(std::move(error));
  }
  void hold() override { ++this->references; }
  void let_loose() override {
    const Ref<FutureSlot> until_the_end(this);
    --this->references;
  }
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
    slot_->suspend(*task_);
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
