// gil_sim/thread_pool.h - a few threads, a queue of jobs, a future for each.
//
// CONCEPT     Starting a thread costs more than most jobs. A pool starts a few
//             and lets them share one queue: whoever is idle takes the first
//             job. That is all the scheduling a pool does; *which of its
//             threads runs on a CPU* is decided by the system, as for any
//             thread.
//
//               submit -> [job][job][job] -> worker 1   ####  ####
//                 '-> future   (FIFO)     -> worker 2   ######## ##
//
//             With a GIL every worker holds it while it runs a job, which is
//             what a pool in Python is. It holds it as well while the job's
//             callbacks run and what the job has captured is destroyed, and
//             gives it up while the job waits: for a future, too.
//
//             A worker without a job waits for ever, so the program's end
//             tells every pool that there are no more to come. What is queued
//             by then is still done.
// IN PYTHON   concurrent.futures.ThreadPoolExecutor; thread._python_exit
// INVARIANTS  I1. Jobs begin in the order they were submitted, at most
//                 max_workers at a time.
//             I2. A new thread is started only if a job waits and no thread is
//                 idle.
//             I3. Every accepted job ends: result, error or cancellation.
//             I4. A forked child touches no worker or job of its parent, which
//                 another thread may have been queueing at that instant.
// THREADS     submit() and map() from any; shutdown() and destruction not from
//             one of the workers, which would wait for itself. Whoever waits
//             for a result or for the workers drops its interpreter lock
//             meanwhile.
// OWNERSHIP   Owns its threads and waits for them, and for all accepted jobs,
//             before it goes. Borrows the GIL. After a fork the workers and
//             the jobs of a pool are in the parent only, with all that a job
//             has captured: the child makes a pool of its own. It may use one
//             that has had nothing to do.
// ERRORS      ValueError for less than one worker; RuntimeError from submit()
//             after shutdown, when the program ends, and in a forked child if
//             the workers are in the parent; std::system_error if the system
//             refuses the first thread; BrokenThreadPool once an initializer
//             has failed.
// LEFT OUT    One queue per worker with stealing, as Java and Go have; a limit
//             to the queue. In Python a forked child may submit to the pool of
//             its parent, and nobody ever runs the job.
// READ NEXT   loop/run_in_executor.h
#ifndef GIL_SIM_THREAD_POOL_H_
#define GIL_SIM_THREAD_POOL_H_

#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "os/mutex.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/executor.h"

namespace gil_sim {

// An initializer failed, so the pool runs no jobs any more.
class BrokenThreadPool : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ThreadPoolOptions {
  std::optional<int> max_workers = {};     // min(32, CPUs + 4) if not given
  std::string thread_name_prefix = {};     // "ThreadPool-N" if empty
  std::function<void()> initializer = {};  // first thing in every worker
  InterpreterLock* gil = nullptr;          // held while a job runs
};

// What map() gives: results in the order of the arguments, each waited for when
// it is asked for. An error comes at its place. Jobs that have not begun when
// the results are given up are cancelled.
template <class Result>
class MapResults {
 public:
  class Iterator {
   public:
    using value_type = Result;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(
        typename std::vector<scheduler::ConcurrentFuture<Result>>::iterator at)
        : at_(at) {}
    Result operator*() const { return at_->result(); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    void operator++(int) { ++at_; }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    typename std::vector<scheduler::ConcurrentFuture<Result>>::iterator at_;
  };

  explicit MapResults(std::vector<scheduler::ConcurrentFuture<Result>> futures)
      : futures_(std::move(futures)) {}
  MapResults(const MapResults&) = delete;
  MapResults& operator=(const MapResults&) = delete;
  ~MapResults() {
    for (auto& future : futures_) {
      future.cancel();  // false for those that ran, which is as well
    }
  }

  Iterator begin() { return Iterator(futures_.begin()); }
  Iterator end() { return Iterator(futures_.end()); }

 private:
  std::vector<scheduler::ConcurrentFuture<Result>> futures_;
};

class ThreadPool final : public scheduler::Executor {
 public:
  explicit ThreadPool(ThreadPoolOptions options = {});
  explicit ThreadPool(int max_workers)
      : ThreadPool(ThreadPoolOptions{.max_workers = max_workers}) {}
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() override;

  // Submits function(argument) for every argument at once.
  template <class Function, class Range>
  auto map(Function function, Range&& arguments) {
    using Argument = decltype(*std::begin(arguments));
    using Result = std::invoke_result_t<Function, std::decay_t<Argument>>;
    std::vector<scheduler::ConcurrentFuture<Result>> futures;
    for (auto&& argument : arguments) {
      futures.push_back(
          submit(function, std::forward<decltype(argument)>(argument)));
    }
    return MapResults<Result>(std::move(futures));
  }

  void shutdown(bool wait = true, bool cancel_futures = false) override;

  // For pictures: how many threads there are, and how many have nothing to do.
  int max_workers() const { return max_workers_; }
  int workers() const;
  int idle() const;

 private:
  class Live;  // the pools of this process

  void execute(std::shared_ptr<scheduler::Job> job) override;
  void after_fork_in_child();
  void start_worker() REQUIRES(mutex_);
  void work();
  void run_initializer();
  std::shared_ptr<scheduler::Job> next_job();
  std::shared_ptr<scheduler::Job> take_first() REQUIRES(mutex_);

  // Set once.
  const int max_workers_;
  const std::string prefix_;
  const std::function<void()> initializer_;
  InterpreterLock* const gil_;

  // Whether there has ever been a job. A forked child asks, which can rely on
  // nothing that the mutex guards, hence atomic.
  std::atomic<bool> used_{false};

  mutable os::Mutex mutex_;
  os::CondVar changed_;  // a job came, or the end
  std::deque<std::shared_ptr<scheduler::Job>> jobs_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Thread>> threads_ GUARDED_BY(mutex_);
  // Workers without a job; of them, those that are awake and will look for one
  // once more before they sleep.
  size_t idle_ GUARDED_BY(mutex_) = 0;
  size_t looking_ GUARDED_BY(mutex_) = 0;
  bool shutdown_ GUARDED_BY(mutex_) = false;
  bool broken_ GUARDED_BY(mutex_) = false;
  bool left_in_parent_ GUARDED_BY(mutex_) = false;  // the workers
};

}  // namespace gil_sim

#endif  // GIL_SIM_THREAD_POOL_H_
