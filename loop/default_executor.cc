// The default executor of an event loop: who has it, and how it ends.
//
// Shutting down takes the executor out of the loop. From then on it belongs to
// the coroutine that waits for it, so nothing that happens in the loop
// meanwhile can destroy it under the helper thread. The loop has none then, and
// to_thread() is a RuntimeError, as in Python; unlike there, another one may be
// set and is used.
// A second caller finds no executor and returns at once; in Python 3.11 it
// waits for the jobs as well.
// A shutdown that is cancelled still waits for the jobs, but in the loop's
// thread, as in Python 3.11: a job that waits for the loop then never ends, and
// neither does the loop.
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "loop/event_loop.h"

namespace loop {

namespace {

// Stands in the loop's thread until the default executor was shut down.
struct ExecutorEnded final : Runnable {
  explicit ExecutorEnded(Future<void> future) : ended(std::move(future)) {}
  void run() override {
    const std::unique_ptr<ExecutorEnded> self(this);
    if (!ended.done()) {
      ended.set_result();
    }
  }
  void discard() override { delete this; }
  std::string describe() const override { return "end of the executor"; }
  const Future<void> ended;
};

}  // namespace

void EventLoop::set_default_executor(
    std::unique_ptr<scheduler::Executor> executor) {
  core_->check_thread();
  default_executor_ = std::move(executor);
}
scheduler::Executor& EventLoop::default_executor() {
  check_usable();
  if (!default_executor_) {
    throw std::runtime_error(
        "this loop has no default executor; set_default_executor() gives it "
        "one");
  }
  return *default_executor_;
}

Coroutine<> EventLoop::shutdown_default_executor() {
  // Declared before the helper, which uses it and so has to end first.
  const std::unique_ptr<scheduler::Executor> mine =
      std::move(default_executor_);
  if (!mine) {
    co_return;
  }
  // A helper waits, not the loop: jobs may still need the loop to end.
  Future<void> ended = create_future<void>();
  const uint64_t number = inbox_->expect(*new ExecutorEnded(ended));
  std::exception_ptr failure;
  // Joins when the frame goes, also if the loop closes first. It knows only a
  // number: what comes too late is thrown away, as in run_in_executor.h.
  std::jthread helper(
      [executor = mine.get(), inbox = inbox_, number, &failure] {
        try {
          executor->shutdown(true);
        } catch (...) {
          failure = std::current_exception();
        }
        inbox->deliver(number);
      });
  std::exception_ptr cancelled;
  try {
    co_await ended;
  } catch (...) {
    cancelled = std::current_exception();
  }
  helper.join();
  for (const std::exception_ptr& error : {cancelled, failure}) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
}

}  // namespace loop
