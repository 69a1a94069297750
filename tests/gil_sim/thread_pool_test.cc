// The promises of gil_sim/thread_pool.h.
#include "gil_sim/thread_pool.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
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
#include "scheduler/wait.h"

namespace gil_sim {
namespace {

using scheduler::ConcurrentFuture;
using scheduler::seconds;

// Lets the pool come to rest: all its threads idle.
void wait_until_idle(const ThreadPool& pool) {
  while (pool.idle() < pool.workers()) {
    std::this_thread::yield();
  }
}

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
TEST(ThreadPool, JobsBeginInTheOrderOfTheirSubmission) {
  ThreadPool pool(1);
  std::vector<int> begun;
  for (int i = 0; i < 20; ++i) {
    pool.submit([&, i] { begun.push_back(i); });
  }
  pool.shutdown();
  std::vector<int> expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back(i);
  }
  EXPECT_EQ(begun, expected);
}

// EXEC-07 and I1
TEST(ThreadPool, AtMostMaxWorkersJobsRunAtATime) {
  std::atomic<int> running{0};
  std::atomic<int> peak{0};
  std::latch three(3);
  ThreadPool pool(3);
  for (int i = 0; i < 30; ++i) {
    pool.submit([&, i] {
      const int now = ++running;
      for (int seen = peak;
           seen < now && !peak.compare_exchange_weak(seen, now);) {
      }
      if (i < 3) {
        three.arrive_and_wait();  // so that three are seen at work at once
      }
      --running;
    });
  }
  pool.shutdown();
  EXPECT_EQ(peak, 3);
  EXPECT_EQ(pool.workers(), 3);
}

// EXEC-08 and I2
TEST(ThreadPool, AnIdleThreadIsUsedBeforeANewOneIsStarted) {
  ThreadPool pool(8);
  EXPECT_EQ(pool.workers(), 0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(pool.submit([i] { return i; }).result(), i);
    wait_until_idle(pool);
  }
  EXPECT_EQ(pool.workers(), 1);
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

// EXEC-11
TEST(ThreadPool, TheInitializerRunsOnceInEachWorkerBeforeItsFirstJob) {
  static thread_local int initialized = 0;
  std::atomic<int> calls{0};
  std::latch both(2);
  ThreadPool pool(ThreadPoolOptions{.max_workers = 2, .initializer = [&] {
                                      ++initialized;
                                      ++calls;
                                    }});
  std::vector<ConcurrentFuture<int>> futures;
  for (int i = 0; i < 10; ++i) {
    futures.push_back(pool.submit([&, i] {
      if (i < 2) {
        both.arrive_and_wait();  // so that there are two workers
      }
      return initialized;
    }));
  }
  for (const auto& future : futures) {
    EXPECT_EQ(future.result(), 1);
  }
  EXPECT_EQ(calls, 2);
}

TEST(ThreadPool, AFailingInitializerBreaksThePool) {
  std::atomic<int> reports{0};
  const ExceptHook before =
      set_excepthook([&](const ExceptHookArguments&) { ++reports; });
  std::latch submitted(1);
  ThreadPool pool(ThreadPoolOptions{.max_workers = 1, .initializer = [&] {
                                      submitted.wait();
                                      throw std::runtime_error("boom");
                                    }});
  const auto first = pool.submit([] {});
  const auto second = pool.submit([] {});
  submitted.count_down();
  EXPECT_THROW(first.result(), BrokenThreadPool);
  EXPECT_THROW(second.result(), BrokenThreadPool);
  EXPECT_THROW(pool.submit([] {}), BrokenThreadPool);
  pool.shutdown();
  EXPECT_EQ(reports, 1);
  set_excepthook(before);
}

// EXEC-12
TEST(ThreadPool, AQueuedJobCanBeCancelledARunningOneCannot) {
  std::latch running(1);
  std::latch go(1);
  bool ran = false;
  ThreadPool pool(1);
  auto first = pool.submit([&] {
    running.count_down();
    go.wait();
  });
  auto second = pool.submit([&] { ran = true; });
  running.wait();
  EXPECT_FALSE(first.cancel());
  EXPECT_TRUE(second.cancel());
  go.count_down();
  pool.shutdown();
  EXPECT_FALSE(ran);
  EXPECT_NO_THROW(first.result());
  EXPECT_THROW(second.result(), scheduler::CancelledError);
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

// EXEC-13
TEST(ThreadPool, MapRaisesAnErrorAtItsPlace) {
  ThreadPool pool(2);
  std::vector<int> got;
  const auto invert = [](int x) {
    return x == 0 ? throw std::domain_error("zero") : 12 / x;
  };
  EXPECT_THROW(
      {
        for (const int result : pool.map(invert, std::vector{3, 2, 0, 1})) {
          got.push_back(result);
        }
      },
      std::domain_error);
  EXPECT_EQ(got, (std::vector{4, 6}));
}

TEST(ThreadPool, GivingUpTheResultsOfMapCancelsWhatHasNotBegun) {
  std::latch go(1);
  std::atomic<int> ran{0};
  ThreadPool pool(1);
  pool.submit([&] { go.wait(); });
  static_cast<void>(pool.map([&](int) { return ++ran; }, std::vector{1, 2}));
  go.count_down();
  pool.shutdown();
  EXPECT_EQ(ran, 0);
}

// EXEC-14
TEST(ThreadPool, AfterShutdownSubmitIsARuntimeError) {
  ThreadPool pool(1);
  pool.shutdown();
  EXPECT_THROW(pool.submit([] {}), std::runtime_error);
}

// EXEC-14
TEST(ThreadPool, ShutdownCanDropTheQueuedJobs) {
  std::latch running(1);
  std::latch go(1);
  ThreadPool pool(1);
  const auto first = pool.submit([&] {
    running.count_down();
    go.wait();
  });
  const auto second = pool.submit([] {});
  running.wait();
  pool.shutdown(/*wait=*/false, /*cancel_futures=*/true);
  EXPECT_TRUE(second.cancelled());
  go.count_down();
  EXPECT_NO_THROW(first.result());
}

// EXEC-15 and I3
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

// EXEC-16
TEST(ThreadPool, AJobThatWaitsForAnotherOfASaturatedPoolIsStuck) {
  ThreadPool pool(1);
  const auto outer = pool.submit([&] {
    const auto inner = pool.submit([] { return 42; });
    return inner.result(seconds(0.01));
  });
  EXPECT_THROW(outer.result(), scheduler::TimeoutError);
}

TEST(ThreadPool, WhatAJobCapturedIsGoneWhenItsResultIsOut) {
  ThreadPool pool(1);
  auto captured = std::make_shared<int>(42);
  const std::weak_ptr<int> observed = captured;
  const auto future =
      pool.submit([captured = std::move(captured)] { return *captured; });
  EXPECT_EQ(future.result(), 42);
  EXPECT_TRUE(observed.expired());
}

TEST(ThreadPool, ThreadsAreNamedAfterTheirPool) {
  ThreadPool pool(ThreadPoolOptions{.thread_name_prefix = "fetch"});
  EXPECT_EQ(pool.submit([] { return current_thread().name(); }).result(),
            "fetch_0");
}

TEST(ThreadPool, WithAGilEveryJobRunsUnderItAndOneAtATime) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 4, .gil = &gil});
  int unguarded = 0;  // but for the lock
  const auto body = [&] {
    for (int i = 0; i < 1000; ++i) {
      ++unguarded;
      gil.check_eval_breaker();
    }
    return InterpreterLock::held();
  };
  std::vector<ConcurrentFuture<InterpreterLock*>> futures;
  for (int i = 0; i < 8; ++i) {
    futures.push_back(pool.submit(body));
  }
  for (const auto& future : futures) {
    EXPECT_EQ(future.result(), &gil);
  }
  EXPECT_EQ(unguarded, 8000);
}

TEST(ThreadPool, IdleWorkersDoNotHoldTheGil) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 1, .gil = &gil});
  pool.submit([] {}).result();
  const WithGil held(gil);  // would wait for ever
}

// The main thread of a Python program holds the lock whenever it runs.
TEST(ThreadPool, WhoHoldsTheGilAndWaitsForResultsLetsTheWorkersHaveIt) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 2, .gil = &gil});
  const auto twice = [](int x) { return 2 * x; };
  const WithGil held(gil);
  EXPECT_EQ(pool.submit(twice, 21).result(), 42);
  EXPECT_EQ(pool.submit(twice, 21).take_result(), 42);
  std::vector<int> doubles;
  for (const int x : pool.map(twice, std::vector{1, 2, 3})) {
    doubles.push_back(x);
  }
  EXPECT_EQ(doubles, (std::vector{2, 4, 6}));
  EXPECT_EQ(InterpreterLock::held(), &gil);
}

TEST(ThreadPool, WhoHoldsTheGilAndWaitsForSeveralLetsTheWorkersHaveIt) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 2, .gil = &gil});
  const WithGil held(gil);
  std::vector<ConcurrentFuture<int>> futures;
  for (int i = 0; i < 4; ++i) {
    futures.push_back(pool.submit([i] { return i; }));
  }
  EXPECT_EQ(scheduler::wait(futures).done, futures);
  futures.push_back(pool.submit([] { return 4; }));
  int sum = 0;
  for (const auto& future : scheduler::as_completed(futures)) {
    sum += future.result();
  }
  EXPECT_EQ(sum, 10);
  EXPECT_EQ(InterpreterLock::held(), &gil);
}

TEST(ThreadPool, AJobUnderTheGilMayWaitForAnotherIfAWorkerIsFree) {
  Gil gil;
  ThreadPool pool(ThreadPoolOptions{.max_workers = 2, .gil = &gil});
  const auto outer =
      pool.submit([&pool] { return pool.submit([] { return 42; }).result(); });
  EXPECT_EQ(outer.result(), 42);
}

TEST(ThreadPool, JobsOfABrokenPoolEndUnderTheGilAsOthersDo) {
  const ExceptHook before = set_excepthook([](const ExceptHookArguments&) {});
  Gil gil;
  InterpreterLock* in_callback = nullptr;
  InterpreterLock* in_destructor = nullptr;
  {
    std::latch submitted(1);
    ThreadPool pool({.max_workers = 1,
                     .initializer =
                         [&] {
                           submitted.wait();
                           throw std::runtime_error("boom");
                         },
                     .gil = &gil});
    std::shared_ptr<void> captured(
        nullptr, [&](void*) { in_destructor = InterpreterLock::held(); });
    auto future = pool.submit([captured = std::move(captured)] {});
    future.add_done_callback(
        [&](const auto&) { in_callback = InterpreterLock::held(); });
    submitted.count_down();
  }
  EXPECT_EQ(in_callback, &gil);
  EXPECT_EQ(in_destructor, &gil);
  set_excepthook(before);
}

// The end of a program, in a fresh process. Each would rather be killed than
// wait for ever.
class ThreadPoolAtExit : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

// A worker is busy when the end begins, and a job is queued behind it.
void leave_the_last_job_to_the_end(ThreadPool& pool) {
  pool.submit(
      [] { scheduler::SteadyClock::instance().sleep_for(seconds(0.05)); });
  pool.submit([] { std::fputs("the last job is done", stderr); });
}

TEST_F(ThreadPoolAtExit, AGlobalPoolDoesItsJobsAndEnds) {
  const auto program = [] {
    alarm(20);
    static ThreadPool pool(1);
    leave_the_last_job_to_the_end(pool);
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "the last job is done");
}

TEST_F(ThreadPoolAtExit, APoolWhoseScopeIsNeverLeftDoesItsJobsAndEnds) {
  const auto program = [] {
    alarm(20);
    ThreadPool pool(1);
    leave_the_last_job_to_the_end(pool);
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "the last job is done");
}

TEST_F(ThreadPoolAtExit, NoJobIsAcceptedOnceTheEndHasBegun) {
  const auto program = [] {
    alarm(20);
    static ThreadPool pool(1);
    pool.submit([] {
      for (;;) {  // the end has not begun yet
        ThreadPool late(1);
        try {
          late.submit([] {});
        } catch (const std::runtime_error& error) {
          std::fputs(error.what(), stderr);
          return;
        }
      }
    });
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "after shutdown");
}

}  // namespace
}  // namespace gil_sim
