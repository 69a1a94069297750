// loop/future_slot.h - where a result lies until everybody has it.
//
// CONCEPT     The object behind the handles of a future: its state, its result
//             or error, and the list of those who want to be told. One part
//             does not depend on the type of the result and is all that the
//             loop, a gather or a close needs; the other holds the value. A
//             task derives from both and adds a chain of coroutines.
//
//               Future<int> --.
//               Future<int> ----> [state | waiters | error | int]
//               Task<int> ----'
//
// IN PYTHON   the fields of asyncio.Future: _state, _result, _callbacks
// INVARIANTS  I1. finished and cancelled are final, and reached once.
//             I2. Nothing runs when it is completed: waiters and callbacks are
//                 queued, in one list, in order of arrival.
//             I3. An error that nobody ever asked for is reported when the
//                 last handle goes.
// THREADS     The loop's thread.
// OWNERSHIP   Shared by handles through a plain count. Shares the core of its
//             loop, owns the callbacks in its list, borrows the tasks there.
// ERRORS      InvalidStateError for a result too early or a second time,
//             CancelledError from the result of a cancelled one.
// READ NEXT   loop/future.h
#ifndef LOOP_FUTURE_SLOT_H_
#define LOOP_FUTURE_SLOT_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "loop/core.h"
#include "loop/ref.h"
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
  // Throws RuntimeError unless it is a future of that loop.
  void check_belongs_to(const Core& core) const;
  // Joins the list of those to be told; at once if done already. [I2]
  void add_waiter(Waiter& waiter);
  // Takes the waiters out for which `leaves` is true. Returns how many.
  template <class Predicate>
  size_t remove_waiters(Predicate leaves);

  bool drop(const Waiter& waiter) override;

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

#endif  // LOOP_FUTURE_SLOT_H_
