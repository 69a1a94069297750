// loop/future.h - a result that is not there yet, within one loop.
//
// CONCEPT     A future is a slot that will hold one result or one error.
//             Tasks wait for it, callbacks are told of it, and completing it
//             runs nobody: those who waited are moved to the ready queue, in
//             the order in which they came. That is why no code is ever
//             entered twice, and why the order of a program can be predicted.
//
//               [pending] --set_result, set_exception--> [finished]
//                   '-----------cancel------------------> [cancelled]
//
// IN PYTHON   asyncio.Future
// INVARIANTS  I1. finished and cancelled are final, and reached once.
//             I2. Nothing runs inside set_result(): waiters and callbacks are
//                 queued, in one list, in order of arrival.
//             I3. An error that nobody ever asked for is reported when the
//                 last handle goes.
// THREADS     The loop's thread.
// OWNERSHIP   Handles share the slot by a plain count; the slot shares the
//             core of its loop and owns its callbacks.
// ERRORS      InvalidStateError for a result too early or a second time,
//             CancelledError from the result of a cancelled future,
//             RuntimeError where no loop runs or the future is a task.
// LEFT OUT    Messages of cancellations; callbacks with a context.
// READ NEXT   loop/coroutine.h
#ifndef LOOP_FUTURE_H_
#define LOOP_FUTURE_H_

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "loop/core.h"
#include "loop/ref.h"
#include "loop/report.h"
#include "loop/runnable.h"
#include "loop/task_base.h"
#include "loop/waiting.h"
#include "scheduler/errors.h"
#include "scheduler/trace.h"

namespace loop {

// The part of the slot that does not depend on the type of the result.
class FutureSlot : public Waitable {
 public:
  enum class State : uint8_t { kPending, kFinished, kCancelled };

  explicit FutureSlot(Core& core) : core_(&core) {}
  FutureSlot(const FutureSlot&) = delete;
  FutureSlot& operator=(const FutureSlot&) = delete;

  bool done() const { return state_ != State::kPending; }
  bool cancelled() const { return state_ == State::kCancelled; }
  bool cancel() override;
  void set_exception(std::exception_ptr error);
  // The error or null; throws if pending or cancelled.
  std::exception_ptr exception();
  // Throws whatever there is instead of a result; returns if there is one.
  void check_result() {
    if (state_ != State::kFinished || error_) [[unlikely]] {
      raise();
    }
  }

  // For awaiters: `task` joins the list and suspends.
  void suspend(TaskBase& task);
  // Joins the list of those to be told; at once if done already. [I2]
  void add_waiter(Waiter& waiter);
  // Takes the waiters out for which `leaves` is true. Returns how many.
  template <class Predicate>
  size_t remove_waiters(Predicate leaves);
  bool has_waiters() const { return !waiters_.empty(); }

  // For tasks: the end of the coroutine. Null stands for a stored result.
  void complete(std::exception_ptr error);

  // The error is somebody's business now, so nobody else need be told. [I3]
  void mark_retrieved() { retrieved_ = true; }
  // Reports an error nobody asked for; `who` is "a future" or more exact. [I3]
  void report_unretrieved(const std::string& who) noexcept;
  // What the loop does when it closes: nobody will be told any more.
  void abandon() override;

  bool is_task() const { return is_task_; }
  Core& core() const { return *core_; }
  scheduler::Reason reason() const override { return reason_; }
  void set_reason(scheduler::Reason reason) { reason_ = reason; }
  const char* kind() const override { return is_task_ ? "task" : "future"; }

  // For Ref.
  uint32_t references = 0;
  virtual void let_go() = 0;

 protected:
  virtual ~FutureSlot();
  void check_pending() const;
  // Final. Wakes everybody. [I1] [I2]
  void finish(State state);

  State state_ = State::kPending;
  bool is_task_ = false;  // set once

 private:
  [[noreturn]] void raise();

  bool retrieved_ = false;
  scheduler::Reason reason_ = scheduler::Reason::kTask;
  const Ref<Core> core_;
  ReadyQueue waiters_;
  std::exception_ptr error_;
};

// What a void result is stored as.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
class FutureSlotOf : public FutureSlot {
 public:
  using FutureSlot::FutureSlot;
  void let_go() override { delete this; }

  void set_result(Stored<T> value) {
    check_pending();
    value_.emplace(std::move(value));
    finish(State::kFinished);
  }
  const Stored<T>& result() {
    check_result();
    if (!value_) [[unlikely]] {
      throw scheduler::InvalidStateError("the result was handed over already");
    }
    return *value_;
  }
  // For an awaiter: a copy; or the thing itself, if no other handle is left to
  // ask for it, or if it cannot be copied.
  Stored<T> take_result() {
    result();
    if constexpr (std::is_copy_constructible_v<Stored<T>>) {
      if (references > 1) {
        return *value_;
      }
    }
    Stored<T> taken = std::move(*value_);
    value_.reset();
    return taken;
  }

 protected:
  ~FutureSlotOf() override = default;
  std::optional<Stored<T>> value_;
};

template <>
class FutureSlotOf<void> : public FutureSlot {
 public:
  using FutureSlot::FutureSlot;
  void let_go() override { delete this; }

  void set_result(std::monostate = {}) {
    check_pending();
    finish(State::kFinished);
  }
  std::monostate result() {
    check_result();
    return {};
  }
  std::monostate take_result() { return result(); }

 protected:
  ~FutureSlotOf() override = default;
};

// The handle. Copies mean the same future.
template <class T>
class Future {
 public:
  using Result = T;
  using Slot = FutureSlotOf<T>;

  // A pending future of the loop that runs here.
  Future() : Future(running_core()) {}
  explicit Future(Core& core) : slot_(new Slot(core)) {}
  explicit Future(Ref<Slot> slot) : slot_(std::move(slot)) {}

  bool done() const { return slot_->done(); }
  bool cancelled() const { return slot_->cancelled(); }
  // False if it is done already. Whoever waits gets CancelledError.
  bool cancel() const { return slot_->cancel(); }

  // The result, as long as a handle lives; throws the error.
  decltype(auto) result() const {
    if constexpr (std::is_void_v<T>) {
      slot_->result();
    } else {
      return slot_->result();
    }
  }
  // The error, or null if there is a result.
  std::exception_ptr exception() const { return slot_->exception(); }

  void set_result(Stored<T> value) const {
    check_not_task();
    slot_->set_result(std::move(value));
  }
  void set_result() const requires std::is_void_v<T> {
    set_result(std::monostate());
  }
  void set_exception(std::exception_ptr error) const {
    check_not_task();
    slot_->set_exception(std::move(error));
  }

  // Calls callback(future) in a turn after the future is done.
  template <class Callback>
  void add_done_callback(Callback callback) const {
    slot_->add_waiter(*new DoneCallback<Callback>(std::move(callback)));
  }
  // Takes out every callback that equals `callback`; returns how many. In C++
  // function pointers and objects with == can be compared, lambdas cannot.
  template <class Callback>
  size_t remove_done_callback(const Callback& callback) const {
    return slot_->remove_waiters([&](Runnable& waiter) {
      const auto* mine = dynamic_cast<DoneCallback<Callback>*>(&waiter);
      return mine != nullptr && mine->callback == callback;
    });
  }

  class Awaiter {
   public:
    explicit Awaiter(Future future) : future_(std::move(future)) {}
    bool await_ready() const { return future_.done(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) {
      task_ = waiting.promise().task;
      future_.slot_->suspend(*task_);
    }
    T await_resume() {
      if (task_ != nullptr) {
        task_->check_cancelled();
      }
      if constexpr (std::is_void_v<T>) {
        future_.slot_->result();
      } else {
        return future_.slot_->take_result();
      }
    }

   private:
    const Future future_;
    TaskBase* task_ = nullptr;  // set if it really suspended
  };
  Awaiter operator co_await() const& { return Awaiter(*this); }
  Awaiter operator co_await() && { return Awaiter(std::move(*this)); }

  Slot& slot() const { return *slot_; }
  friend bool operator==(const Future&, const Future&) = default;

 private:
  template <class Callback>
  struct DoneCallback final : Waiter {
    explicit DoneCallback(Callback function) : callback(std::move(function)) {}
    void finished(FutureSlot& by) override {
      // Only now: a callback that held its pending future would keep it for
      // ever.
      future = Ref<Slot>(static_cast<Slot*>(&by));
      by.core().make_ready(*this);
    }
    void run() override {
      const std::unique_ptr<DoneCallback> self(this);
      callback(Future(future));
    }
    void discard() override { delete this; }
    std::string describe() const override { return "done callback"; }

    Callback callback;
    Ref<Slot> future;  // null until it is done
  };

  static Core& running_core();
  void check_not_task() const;

  Ref<Slot> slot_;
};

// The core of the running loop; RuntimeError if none runs in this thread.
Core& require_running_core();

template <class T>
Core& Future<T>::running_core() {
  return require_running_core();
}

template <class T>
void Future<T>::check_not_task() const {
  if (slot_->is_task()) {
    throw std::runtime_error("a task gets its result from its coroutine only");
  }
}

template <class Predicate>
size_t FutureSlot::remove_waiters(Predicate leaves) {
  ReadyQueue all = waiters_.take_all();
  size_t removed = 0;
  while (!all.empty()) {
    Runnable& waiter = all.pop();
    if (leaves(waiter)) {
      waiter.discard();
      ++removed;
    } else {
      waiters_.push(waiter);
    }
  }
  return removed;
}

}  // namespace loop

#endif  // LOOP_FUTURE_H_
