// The default executor of an event loop: who has it, and how it ends.
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
  if (!default_executor_) {
    co_return;
  }
  // A helper waits, not the loop: jobs may still need the loop to end.
  Future<void> ended = create_future<void>();
  const uint64_t number = inbox_->expect(*new ExecutorEnded(ended));
  std::exception_ptr failure;
  // Joins when the frame goes, also if the loop closes first. It knows only a
  // number: what comes too late is thrown away, as in run_in_executor.h.
  std::jthread helper(
      [executor = default_executor_.get(), inbox = inbox_, number, &failure] {
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
  default_executor_.reset();
  for (const std::exception_ptr& error : {cancelled, failure}) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
}

}  // namespace loop
