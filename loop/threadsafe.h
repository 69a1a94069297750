// loop/threadsafe.h - a coroutine for the loop, from another thread.
//
// CONCEPT     The other direction of run_in_executor: a thread hands a
//             coroutine to a loop that runs elsewhere and gets a thread-side
//             future, which it may wait for. Waiting for it in the loop's own
//             thread would wait for ever.
// IN PYTHON   asyncio.run_coroutine_threadsafe
// INVARIANTS  I1. The future ends whatever happens: a loop that is closed
//                 first cancels it.
// THREADS     Any but the loop's.
// OWNERSHIP   The coroutine moves to the loop's thread and runs only there.
// ERRORS      RuntimeError if the loop is closed; the coroutine's through the
//             future.
// READ NEXT   loop/virtual_poller.h
#ifndef LOOP_THREADSAFE_H_
#define LOOP_THREADSAFE_H_

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/inbox.h"
#include "loop/runnable.h"
#include "loop/task.h"
#include "scheduler/concurrent_future.h"

namespace loop {

// Cancels its future unless it has an outcome by then. [I1]
template <class T>
class Promised {
 public:
  explicit Promised(scheduler::ConcurrentFuture<T> future)
      : future_(std::make_unique<scheduler::ConcurrentFuture<T>>(
            std::move(future))) {}
  Promised(Promised&&) noexcept = default;
  Promised& operator=(Promised&&) noexcept = default;
  ~Promised() {
    if (future_) {
      future_->cancel();
    }
  }
  scheduler::ConcurrentFuture<T>& operator*() const { return *future_; }

 private:
  std::unique_ptr<scheduler::ConcurrentFuture<T>> future_;  // null when moved
};

// Stands in the loop's thread until the thread-side future is cancelled.
struct CancelFromOutside final : Runnable {
  explicit CancelFromOutside(AnyTask its_task) : task(std::move(its_task)) {}
  void run() override {
    const std::unique_ptr<CancelFromOutside> self(this);
    task.cancel();
  }
  void discard() override { delete this; }
  std::string describe() const override { return "cancellation from outside"; }
  const AnyTask task;
};

template <class T>
scheduler::ConcurrentFuture<T> run_coroutine_threadsafe(Coroutine<T> coroutine,
                                                        EventLoop& loop) {
  scheduler::ConcurrentFuture<T> future;
  auto start = [&loop, coroutine = std::move(coroutine),
                promised = Promised<T>(future)]() mutable {
    const Task<T> task = loop.create_task(std::move(coroutine));
    const std::shared_ptr<Inbox> inbox = loop.inbox();
    auto* const canceller = new CancelFromOutside(task.any());
    const uint64_t number = inbox->expect(*canceller);
    (*promised).add_done_callback([inbox, number](const auto& done) {
      if (done.cancelled()) {
        inbox->deliver(number);
      }
    });
    task.add_done_callback(
        [inbox, number, canceller,
         promised = std::move(promised)](const Future<T>& done) {
          if (inbox->no_longer_expect(number)) {
            canceller->discard();
          }
          if (done.cancelled()) {
            return;  // and so is the future, when `promised` goes
          }
          const std::exception_ptr error = done.exception();
          if (!(*promised).set_running()) {
            return;  // cancelled, but too late for the task
          }
          if (error) {
            (*promised).set_exception(error);
          } else if constexpr (std::is_void_v<T>) {
            (*promised).set_result();
          } else {
            try {
              (*promised).set_result(done.slot().take_result());
            } catch (...) {  // moving it failed [I1]
              (*promised).set_exception(std::current_exception());
            }
          }
        });
  };
  loop.call_soon_threadsafe(std::move(start));
  return future;
}

}  // namespace loop

#endif  // LOOP_THREADSAFE_H_
