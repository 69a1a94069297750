// scheduler/executor.h - "run this somewhere, and give me a future".
//
// CONCEPT     An executor takes functions and runs them elsewhere: in a pool
//             of threads, one after another, or at once in the caller. Who
//             submits does not know which. It is the one interface by which
//             the event loop and the thread pools meet, so neither names the
//             other.
// IN PYTHON   concurrent.futures.Executor
// INVARIANTS  I1. Every accepted job ends: its future gets a result, an error
//                 or a cancellation.
// THREADS     submit() from any thread; shutdown() from one that is not a
//             worker of the executor.
// OWNERSHIP   The executor owns a job from submit() until it ended.
// ERRORS      std::runtime_error from submit() after shutdown().
// LEFT OUT    map(): gil_sim/thread_pool.h has it, for its own futures.
// READ NEXT   gil_sim/thread_pool.h, loop/run_in_executor.h
#ifndef SCHEDULER_EXECUTOR_H_
#define SCHEDULER_EXECUTOR_H_

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "scheduler/concurrent_future.h"

namespace scheduler {

// One piece of work, already tied to its future; run() does not throw.
class Job {
 public:
  virtual ~Job() = default;
  virtual void run() = 0;
  // Instead of run(): ends the job's future as cancelled, or with an error.
  virtual void cancel() = 0;
  virtual void fail(std::exception_ptr error) = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;

  // Queues function(arguments...), copied or moved in. Returns at once.
  template <class Function, class... Arguments>
  auto submit(Function function, Arguments... arguments) {
    using Result = std::invoke_result_t<Function, Arguments...>;
    auto bound = [function = std::move(function),
                  ... arguments = std::move(arguments)]() mutable -> Result {
      return std::invoke(std::move(function), std::move(arguments)...);
    };
    auto job =
        std::make_shared<BoundJob<Result, decltype(bound)>>(std::move(bound));
    ConcurrentFuture<Result> future(job);
    execute(std::move(job));
    return future;
  }

  // Takes no more jobs. With `wait`, returns when all accepted ones have
  // ended; with `cancel_futures`, those not begun are cancelled instead.
  virtual void shutdown(bool wait = true, bool cancel_futures = false) = 0;

 protected:
  virtual void execute(std::shared_ptr<Job> job) = 0;

 private:
  // The job and the slot of its future in one block of memory: submitting
  // allocates once. The function goes as soon as it is of no use any more, as
  // somebody may keep the future for long.
  template <class Result, class Function>
  struct BoundJob final : Job, ConcurrentFuture<Result>::Slot {
    using Stored = typename ConcurrentFuture<Result>::Stored;

    explicit BoundJob(Function bound) : function(std::move(bound)) {}

    void run() override {
      if (!this->set_running()) {
        function.reset();  // cancelled while it was queued
        return;
      }
      try {
        Stored result = call();
        function.reset();
        this->set_result(std::move(result));
      } catch (...) {
        function.reset();
        this->set_exception(std::current_exception());
      }
    }
    void cancel() override {
      ConcurrentSlot::cancel();
      function.reset();
    }
    void fail(std::exception_ptr error) override {
      function.reset();
      if (this->set_running()) {
        this->set_exception(std::move(error));
      }
    }
    Stored call() {
      if constexpr (std::is_void_v<Result>) {
        (*function)();
        return {};
      } else {
        return (*function)();
      }
    }

    std::optional<Function> function;
  };
};

}  // namespace scheduler

#endif  // SCHEDULER_EXECUTOR_H_
