// scheduler/concurrent_future.h - a result that another thread will deliver.
//
// CONCEPT     Who submits work gets a future at once: a slot for one result or
//             one error. The thread that does the work fills it; whoever asks
//             for the result sleeps until then. It is where the two sides of
//             an executor meet, and where a thread meets an event loop.
//
//               [pending] --start--> [running] --result, error--> [finished]
//                   '------cancel------------------------------> [cancelled]
//
// IN PYTHON   concurrent.futures.Future
// INVARIANTS  I1. finished and cancelled are final, and reached once.
//             I2. A job that has started cannot be cancelled.
//             I3. Callbacks run once each, in the order added, in the thread
//                 that completes the future - or in add_done_callback itself,
//                 if it is complete already. An error of one is printed
//                 and stops nobody.
// THREADS     Any. Who has to wait lets go of the interpreter's lock, if it
//             holds one, for as long as it sleeps (scheduler/blocking.h).
// OWNERSHIP   Handles share one slot; the last one frees it.
// ERRORS      InvalidStateError for a second result, TimeoutError from timed
//             waits, CancelledError from result() of a cancelled one.
// LEFT OUT    Reporting an error that nobody ever looks at: Python does not
//             do so for thread-side futures either.
// READ NEXT   scheduler/executor.h
#ifndef SCHEDULER_CONCURRENT_FUTURE_H_
#define SCHEDULER_CONCURRENT_FUTURE_H_

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace scheduler {

// The part of the slot that does not depend on the type of the result.
//
// Most futures of a busy pool are done before anybody looks, so the slot itself
// is two words. The mutex, the condition and the list of callbacks come into
// being with the first who waits for it or adds a callback.
class ConcurrentSlot {
 public:
  enum class State { kPending, kRunning, kFinished, kCancelled };

  ConcurrentSlot() = default;
  ConcurrentSlot(const ConcurrentSlot&) = delete;
  ConcurrentSlot& operator=(const ConcurrentSlot&) = delete;

  // True if the work may begin; false if it was cancelled first.
  bool set_running();
  // True unless the work has begun or ended. [I2]
  bool cancel();
  void set_exception(std::exception_ptr error);

  State state() const;
  bool done() const;

  // Waits until done, in a BlockingScope. False says that `deadline` came
  // first.
  bool wait_until(std::optional<TimePoint> deadline) const;

  // The error, or null; CancelledError if cancelled. Only when done.
  std::exception_ptr error() const;

  void add_done_callback(std::function<void()> callback, const void* owner);
  void remove_done_callbacks(const void* owner);

 protected:
  ~ConcurrentSlot();
  // The two halves of completing; the result is written between them. claim()
  // makes the caller the only one who may. [I1]
  void claim();
  void publish();
  void publish_error(std::exception_ptr error);

 private:
  // What state_ holds: the four states and the moment between claim() and
  // publish(), which looks like kRunning from outside.
  enum Phase : int { kPending, kRunning, kStoring, kFinished, kCancelled };

  struct Callback {
    std::function<void()> call;
    const void* owner;
  };
  struct Observers {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Callback> callbacks;  // guarded by mutex
  };
  Observers& observers() const;
  void tell_observers();

  // The order that matters: who completes stores the phase, then looks for
  // observers; who observes stores those, then looks at the phase. Sequentially
  // consistent, so that at least one of the two sees the other.
  std::atomic<Phase> phase_{kPending};
  mutable std::atomic<Observers*> observers_{nullptr};
  std::exception_ptr error_;  // written between claim() and publish()
};

template <class T>
class ConcurrentFuture {
 public:
  // void travels as an empty value.
  using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  using State = ConcurrentSlot::State;

  struct Slot : ConcurrentSlot {
    void set_result(Stored result) {
      claim();
      try {
        value.emplace(std::move(result));
      } catch (...) {
        // A move that throws. Claimed, so nobody else could end the future.
        publish_error(std::current_exception());
        return;
      }
      publish();
    }
    // Written once before the slot is done, only read after.
    std::optional<Stored> value;
  };
  explicit ConcurrentFuture(std::shared_ptr<Slot> slot)
      : slot_(std::move(slot)) {}

  // A fresh future, pending.
  ConcurrentFuture() : slot_(std::make_shared<Slot>()) {}

  // For the one who waits.
  bool cancelled() const { return slot_->state() == State::kCancelled; }
  bool running() const { return slot_->state() == State::kRunning; }
  bool done() const { return slot_->done(); }
  bool cancel() { return slot_->cancel(); }

  // The result, after waiting for it: for ever, or no longer than `timeout`.
  T result(std::optional<Duration> timeout = std::nullopt) const {
    if (const std::exception_ptr error = exception(timeout)) {
      std::rethrow_exception(error);
    }
    if constexpr (!std::is_void_v<T>) {
      return *slot_->value;
    }
  }

  // The same, moved out. For the last one who asks: others would get what is
  // left of it.
  T take_result() {
    if (const std::exception_ptr error = exception()) {
      std::rethrow_exception(error);
    }
    if constexpr (!std::is_void_v<T>) {
      return std::move(*slot_->value);
    }
  }

  // The error or null, after the same wait.
  std::exception_ptr exception(
      std::optional<Duration> timeout = std::nullopt) const {
    if (!slot_->wait_until(deadline_after(timeout))) {
      throw TimeoutError();
    }
    return slot_->error();
  }

  // Calls `callback` once the future is done. [I3]
  void add_done_callback(std::function<void(ConcurrentFuture)> callback,
                         const void* owner = nullptr) {
    // The slot keeps a weak link to itself: a callback that held a strong one
    // would keep alive for ever a future that nobody completes.
    slot_->add_done_callback(
        [weak = std::weak_ptr<Slot>(slot_), callback = std::move(callback)] {
          if (auto slot = weak.lock()) {
            callback(ConcurrentFuture(std::move(slot)));
          }
        },
        owner);
  }
  // Forgets the callbacks that were added for `owner` and have not been called.
  void remove_done_callbacks(const void* owner) {
    slot_->remove_done_callbacks(owner);
  }

  // For the one who does the work.
  bool set_running() { return slot_->set_running(); }
  void set_result(Stored value = {}) { slot_->set_result(std::move(value)); }
  void set_exception(std::exception_ptr error) {
    slot_->set_exception(std::move(error));
  }

  friend bool operator==(const ConcurrentFuture& a, const ConcurrentFuture& b) {
    return a.slot_ == b.slot_;
  }

 private:
  std::shared_ptr<Slot> slot_;
};

}  // namespace scheduler

#endif  // SCHEDULER_CONCURRENT_FUTURE_H_
