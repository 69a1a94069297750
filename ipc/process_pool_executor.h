// ipc/process_pool_executor.h - futures whose work is done by processes.
//
// CONCEPT     As an executor of threads: submit a function, get a future. The
//             function runs in a worker process, so it has a processor to
//             itself, whatever else this process does; and it must be one
//             without captures, whose arguments and result travel by value
//             (see ipc/pool_task.h). That is why this is no
//             scheduler::Executor, which takes closures; its futures are the
//             same, and an event loop waits for them in the same way.
//
//             The difference to ipc/process_pool.h is what a death means. A
//             pool replaces the worker and loses the one job it held. An
//             executor *breaks*: every future that is not done fails with
//             BrokenProcessPool, and so does every later submit(). Python
//             chose this because its workers share a queue, which the dead one
//             may have left locked. Ours share no lock, but who relies on
//             "one lost, all lost" finds it here.
// IN PYTHON   concurrent.futures.ProcessPoolExecutor
// INVARIANTS  I1. Every accepted job ends: result, error or cancellation.
//             I2. Workers start with the first submit, all at once, as forks
//                 of that moment: fewer threads exist then than later.
//             I3. None is left over after shutdown().
// THREADS     submit() and map() from any; shutdown() and destruction not from
//             a callback of a future, which would wait for itself.
// OWNERSHIP   Owns workers and jobs; waits for both before it goes.
// ERRORS      std::invalid_argument for no workers, chunks or tasks;
//             std::runtime_error from submit() after shutdown;
//             BrokenProcessPool; the system's refusals.
// LEFT OUT    Giving a job up that a worker has begun: a signal in the middle
//             of a function is no way to end it.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_PROCESS_POOL_EXECUTOR_H_
#define IPC_PROCESS_POOL_EXECUTOR_H_

#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "ipc/codec.h"
#include "ipc/errors.h"
#include "ipc/imap_results.h"
#include "ipc/pool_core.h"
#include "ipc/pool_task.h"
#include "os/mutex.h"
#include "scheduler/concurrent_future.h"

namespace ipc {

// One submitted call.
template <class R>
class FutureJob final : public PoolJob {
 public:
  const scheduler::ConcurrentFuture<R>& future() const { return future_; }

  bool cancellable() const override { return true; }
  // False if it was cancelled while it waited.
  bool begin(size_t) override {
    begun_ = begun_ || future_.set_running();
    return begun_;
  }
  void succeeded(size_t, Decoder& results) override {
    auto values = decode_from<std::vector<R>>(results);
    if (values.size() != 1) {
      throw DecodeError("one call has one result");
    }
    future_.set_result(std::move(values[0]));
  }
  void failed(size_t chunk, std::exception_ptr error) override {
    if (begin(chunk)) {
      future_.set_exception(std::move(error));
    }
  }
  void abandoned() override { future_.cancel(); }

 private:
  bool begun_ = false;  // guarded by the pool
  scheduler::ConcurrentFuture<R> future_;
};

class [[nodiscard]] ProcessPoolExecutor {
 public:
  struct Options {
    std::optional<size_t> max_workers = {};  // processors, if not given
    // Runs first in each worker. If it throws, the executor breaks.
    std::function<void()> initializer = {};
    std::optional<size_t> max_tasks_per_child = {};
  };

  explicit ProcessPoolExecutor(Options options);
  explicit ProcessPoolExecutor(size_t max_workers)
      : ProcessPoolExecutor(Options{.max_workers = max_workers}) {}
  ProcessPoolExecutor() : ProcessPoolExecutor(Options{}) {}
  ProcessPoolExecutor(const ProcessPoolExecutor&) = delete;
  ProcessPoolExecutor& operator=(const ProcessPoolExecutor&) = delete;
  ~ProcessPoolExecutor() { shutdown(); }

  // function(arguments...) in some worker. Returns at once. (The result of a
  // function without one is a std::monostate.)
  template <class F, class... Given>
  scheduler::ConcurrentFuture<ResultOf<F>> submit(F function,
                                                  Given... arguments) {
    const auto job = std::make_shared<FutureJob<ResultOf<F>>>();
    const ItemOf<F> item = SignatureOf<F>::to_item(
        typename SignatureOf<F>::Arguments(std::move(arguments)...));
    std::vector<PoolTask> tasks;
    tasks.push_back(make_task(function, job, 0, &item, 1));
    accept(std::move(tasks));
    return job->future();
  }

  // function(item) for each item, sent in chunks. The results come in the
  // order of the items, each waited for when it is asked for; an error comes
  // at its place.
  template <class F, class Items>
  ImapResults<ResultOf<F>> map(F function, const Items& items,
                               size_t chunksize = 1) {
    if (chunksize < 1) {
      throw std::invalid_argument("a chunk has one item at least");
    }
    std::vector<ItemOf<F>> read;
    for (auto&& item : items) {
      read.push_back(ItemOf<F>(item));
    }
    const auto job = std::make_shared<ImapJob<ResultOf<F>>>(true);
    std::vector<PoolTask> tasks;
    for (size_t at = 0; at < read.size(); at += chunksize) {
      tasks.push_back(make_task(function, job, tasks.size(),
                                read.begin() + static_cast<ptrdiff_t>(at),
                                std::min(chunksize, read.size() - at)));
    }
    job->set_length(tasks.size());
    accept(std::move(tasks));
    return ImapResults<ResultOf<F>>(job);
  }

  // Takes no more jobs. With `wait`, returns when all accepted ones and all
  // workers have ended; with `cancel_futures`, those not begun are cancelled.
  void shutdown(bool wait = true, bool cancel_futures = false);

  size_t max_workers() const { return max_workers_; }
  std::vector<pid_t> worker_pids();

 private:
  void accept(std::vector<PoolTask> tasks) EXCLUDES(mu_);

  // Set once.
  const size_t max_workers_;
  const std::function<void()> initializer_;
  const std::optional<size_t> max_tasks_per_child_;

  os::Mutex mu_;
  bool shut_down_ GUARDED_BY(mu_) = false;
  std::unique_ptr<PoolCore> core_ GUARDED_BY(mu_);  // made by the first job
};

}  // namespace ipc

#endif  // IPC_PROCESS_POOL_EXECUTOR_H_
