// How many small jobs a second two threads take from one queue.
//
// THE LIMIT   A mutex, a condition and a deque of std::function, with no
//             futures. It is bimodal: either the workers keep up with who
//             submits, or they fall asleep and have to be woken.
// pool        gil_sim::ThreadPool, whose submit() also gives a future.
// TARGET      0.9 times the limit's median, with --benchmark_repetitions=15.
//
//   bazel run --config=bench //bench:thread_pool_submit_bench
#include <sched.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>

#include "benchmark/benchmark.h"
#include "gil_sim/thread_pool.h"

namespace {

constexpr int kWorkers = 2;

class LimitPool {
 public:
  LimitPool() {
    for (int i = 0; i < kWorkers; ++i) {
      threads_.emplace_back([this] { work(); });
    }
  }
  ~LimitPool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }

  void submit(std::function<void()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
      if (jobs_.empty()) {
        return;
      }
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stop_ = false;
  std::deque<std::thread> threads_;
};

class Pool {
 public:
  template <class Job>
  void submit(Job job) {
    pool_.submit(job);
  }

 private:
  gil_sim::ThreadPool pool_{kWorkers};
};

// Batches of jobs, each batch waited for to the last.
template <class AnyPool>
void run_batches(benchmark::State& state) {
  const int batch = static_cast<int>(state.range(0));
  AnyPool pool;
  for (auto _ : state) {
    std::latch done(batch);
    for (int i = 0; i < batch; ++i) {
      pool.submit([&done] { done.count_down(); });
    }
    done.wait();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

// The workers too: a thread starts on the CPUs of its creator.
template <class AnyPool>
void run_on_one_cpu(benchmark::State& state) {
  cpu_set_t before;
  sched_getaffinity(0, sizeof before, &before);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
  run_batches<AnyPool>(state);
  sched_setaffinity(0, sizeof before, &before);
}

}  // namespace

// The argument: how many are submitted before any is waited for.
BENCHMARK_TEMPLATE(run_batches, LimitPool)
    ->Name("limit_mutex_queue")
    ->Arg(100'000)
    ->Arg(1)
    ->UseRealTime();
BENCHMARK_TEMPLATE(run_batches, Pool)
    ->Name("pool")
    ->Arg(100'000)
    ->Arg(1)
    ->UseRealTime();
BENCHMARK_TEMPLATE(run_on_one_cpu, LimitPool)
    ->Name("limit_mutex_queue/one_cpu")
    ->Arg(1)
    ->UseRealTime();
BENCHMARK_TEMPLATE(run_on_one_cpu, Pool)
    ->Name("pool/one_cpu")
    ->Arg(1)
    ->UseRealTime();

BENCHMARK_MAIN();
