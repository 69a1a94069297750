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
// INVARIANTS  I1. Copies of a handle mean the same future.
//             I2. A callback runs once, in a turn after the future is done,
//                 and is told which one it was.
//             I3. Awaiting what is done does not suspend.
// THREADS     The loop's thread.
// OWNERSHIP   Handles share the slot.
// ERRORS      InvalidStateError for a result too early or a second time,
//             CancelledError from the result of a cancelled future,
//             RuntimeError where no loop runs or the future is a task.
// LEFT OUT    Messages of cancellations; callbacks with a context.
// READ NEXT   loop/coroutine.h
#ifndef LOOP_FUTURE_H_
#define LOOP_FUTURE_H_

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "loop/core.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "loop/runnable.h"
#include "loop/task_base.h"
#include "loop/waiting.h"

namespace loop {

// The handle. [I1]
template <class T>
class Future {
 public:
  using Result = T;
  using Slot = FutureSlotOf<T>;

  // A pending future of the loop that runs here.
  Future() : Future(require_running_core()) {}
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
    slot_->core().check_thread();
    slot_->add_waiter(*new DoneCallback<Callback>(std::move(callback)));
  }
  // Takes out every callback that equals `callback`; returns how many. In C++
  // function pointers and objects with == can be compared, lambdas cannot.
  template <class Callback>
  size_t remove_done_callback(const Callback& callback) const {
    slot_->core().check_thread();
    return slot_->remove_waiters([&](Runnable& waiter) {
      const auto* mine = dynamic_cast<DoneCallback<Callback>*>(&waiter);
      return mine != nullptr && mine->callback == callback;
    });
  }

  class Awaiter {
   public:
    explicit Awaiter(Future future) : future_(std::move(future)) {}
    bool await_ready() const { return future_.done(); }  // [I3]
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

  void check_not_task() const;

  Ref<Slot> slot_;
};

template <class T>
void Future<T>::check_not_task() const {
  if (slot_->is_task()) {
    throw std::runtime_error("a task gets its result from its coroutine only");
  }
}

}  // namespace loop

#endif  // LOOP_FUTURE_H_
