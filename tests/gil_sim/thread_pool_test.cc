// The promises of gil_sim/thread_pool.h.
#include "gil_sim/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"

namespace gil_sim {
namespace {

using scheduler::ConcurrentFuture;
using scheduler::seconds;

// EXEC-06
TEST(ThreadPool, SubmitReturnsAtOnceAndTheFutureHoldsValueOrError) {
  ThreadPool pool(1);
  std::latch go(1);
  const ConcurrentFuture<int> value = pool.submit([&go] {
    go.wait();
    return 21 * 2;
  });
  const ConcurrentFuture<int> error =
      pool.submit([](int) -> int { throw std::runtime_error("boom"); }, 1);
  EXPECT_FALSE(value.done());
  go.count_down();
  EXPECT_EQ(value.result(), 42);
  EXPECT_THROW(error.result(), std::runtime_error);
}

// EXEC-07 and I1
TEST(ThreadPool, JobsBeginInOrderAndAtMostMaxWorkersAtATime) {
  ThreadPool pool(3);
  std::mutex mutex;
  std::vector<int> begun;
  std::atomic<int> running{0};
  std::atomic<int> peak{0};
  std::latch three(3);
  std::vector<ConcurrentFuture<void>> futures;
  for (int i = 0; i < 30; ++i) {
    futures.push_back(pool.submit([&, i] {
      {
        const std::lock_guard lock(mutex);
        begun.push_back(i);
      }
      peak = std::max(peak.load(), ++running);
      if (i < 3) {
        three.arrive_and_wait();  // so that all three are seen at work at once
      }
      --running;
    }));
  }
  for (const auto& future : futures) {
    future.result();
  }
  EXPECT_EQ(peak, 3);
  EXPECT_EQ(pool.workers(), 3);
}

// EXEC-09
TEST(ThreadPool, LessThanOneWorkerIsAValueError) {
  EXPECT_THROW(ThreadPool(0), std::invalid_argument);
  EXPECT_THROW(ThreadPool(-1), std::invalid_argument);
}

// EXEC-10
TEST(ThreadPool, TheDefaultIsFourWorkersMoreThanCpusUpTo32) {
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  EXPECT_EQ(ThreadPool().max_workers(), std::min(32, cpus + 4));
}

// EXEC-13
TEST(ThreadPool, MapYieldsResultsInTheOrderOfTheArguments) {
  ThreadPool pool(4);
  std::vector<int> squares;
  for (const int square :
       pool.map([](int x) { return x * x; }, std::vector{1, 2, 3, 4, 5})) {
    squares.push_back(square);
  }
  EXPECT_EQ(squares, (std::vector{1, 4, 9, 16, 25}));
}

// EXEC-14
TEST(ThreadPool, AfterShutdownSubmitIsARuntimeError) {
  ThreadPool pool(1);
  pool.shutdown();
  EXPECT_THROW(pool.submit([] {}), std::runtime_error);
}

// EXEC-15
TEST(ThreadPool, LeavingTheScopeWaitsForAllJobs) {
  std::atomic<int> done{0};
  {
    ThreadPool pool(2);
    for (int i = 0; i < 10; ++i) {
      pool.submit([&] { ++done; });
    }
  }
  EXPECT_EQ(done, 10);
}

TEST(ThreadPool, WithAGilEveryJobRunsUnderIt) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 2, .gil = &gil});
  const auto held = [] { return InterpreterLock::held(); };
  EXPECT_EQ(pool.submit(held).result(), &gil);
  EXPECT_EQ(gil.statistics().takes, 1);
}

}  // namespace
}  // namespace gil_sim
