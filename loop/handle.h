// loop/handle.h - a callback in the queue, and the string to pull it back by.
//
// CONCEPT     A callback is a runnable that deletes itself. Its function and
//             arguments lie in it, whatever their type, so queueing one costs
//             a single allocation. Who scheduled it may keep a handle and
//             cancel it, as long as it has not run.
// IN PYTHON   asyncio.Handle, asyncio.TimerHandle
// INVARIANTS  I1. A cancelled callback never runs; cancelling twice, or after
//                 it ran, does nothing.
//             I2. A cancelled timer leaves the heap at once: it keeps no loop
//                 awake.
// THREADS     The loop's thread.
// OWNERSHIP   Shared by its handles and the queue it stands in.
// ERRORS      What the function throws is reported by the loop.
// READ NEXT   loop/event_loop.h
#ifndef LOOP_HANDLE_H_
#define LOOP_HANDLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <typeinfo>
#include <utility>

#include "loop/core.h"
#include "loop/ref.h"
#include "loop/report.h"
#include "loop/runnable.h"
#include "loop/timer_queue.h"
#include "scheduler/clock.h"

namespace loop {

class Callback : public Runnable {
 public:
  // The queue it is about to enter holds a reference, given back by run() or
  // discard().
  explicit Callback(Core& core) : core_(&core) { ++references; }

  void cancel() {
    if (core_ == nullptr) {
      return;  // it ran, or never will [I1]
    }
    core_->check_thread();
    cancelled_ = true;
    if (TimerQueue::contains(*this)) {
      core_->timers.remove(*this);  // [I2]
      discard();
    }
  }
  bool cancelled() const { return cancelled_; }

  void run() final {
    const Ref<Callback> self = leave_queue();
    if (!cancelled_) {
      call();
    }
  }
  void discard() final { leave_queue(); }

  // For Ref.
  uint32_t references = 0;
  void let_go() { delete this; }

 protected:
  virtual ~Callback() = default;
  virtual void call() = 0;

 private:
  Ref<Callback> leave_queue() {
    Ref<Callback> self(this);
    --references;  // the queue's
    core_ = nullptr;
    return self;
  }

  bool cancelled_ = false;
  Core* core_;  // null once it has left the queue
};

template <class Function, class... Arguments>
class CallbackOf final : public Callback {
 public:
  CallbackOf(Core& core, Function function, Arguments... arguments)
      : Callback(core),
        function_(std::move(function)),
        arguments_(std::move(arguments)...) {}
  std::string describe() const override {
    return "callback " + readable_name(typeid(Function));
  }

 private:
  ~CallbackOf() override = default;
  void call() override {
    std::apply(std::move(function_), std::move(arguments_));
  }
  Function function_;
  [[no_unique_address]] std::tuple<Arguments...> arguments_;
};

class Handle {
 public:
  explicit Handle(Callback& callback) : callback_(&callback) {}
  void cancel() { callback_->cancel(); }
  bool cancelled() const { return callback_->cancelled(); }

 private:
  Ref<Callback> callback_;
};

class TimerHandle : public Handle {
 public:
  TimerHandle(Callback& callback, scheduler::TimePoint when)
      : Handle(callback), when_(when) {}
  scheduler::TimePoint when() const { return when_; }

 private:
  scheduler::TimePoint when_;
};

// Cancels its callback when it goes: the time limit of somebody who waits.
class ScopedHandle {
 public:
  ScopedHandle() = default;
  explicit ScopedHandle(Handle handle) : handle_(std::move(handle)) {}
  ScopedHandle(const ScopedHandle&) = delete;
  ScopedHandle& operator=(const ScopedHandle&) = delete;
  ~ScopedHandle() { cancel(); }

  // Cancels the one before.
  void reset(Handle handle) {
    cancel();
    handle_ = std::move(handle);
  }
  void cancel() {
    if (handle_) {
      handle_->cancel();
      handle_.reset();
    }
  }

 private:
  std::optional<Handle> handle_;
};

}  // namespace loop

#endif  // LOOP_HANDLE_H_
