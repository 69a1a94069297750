// The promises of scheduler/concurrent_future.h.
#include "scheduler/concurrent_future.h"

#include <atomic>
#include <exception>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace scheduler {
namespace {

using IntFuture = ConcurrentFuture<int>;

std::exception_ptr an_error() {
  return std::make_exception_ptr(std::runtime_error("boom"));
}

std::string flags(const IntFuture& future) {
  return std::string(future.running() ? "running " : "") +
         (future.done() ? "done " : "") +
         (future.cancelled() ? "cancelled" : "");
}

// EXEC-01
TEST(ConcurrentFuture, IsPendingThenRunningThenDone) {
  IntFuture future;
  EXPECT_EQ(flags(future), "");
  EXPECT_TRUE(future.set_running());
  EXPECT_EQ(flags(future), "running ");
  future.set_result(42);
  EXPECT_EQ(flags(future), "done ");
  EXPECT_EQ(future.result(), 42);
}

// EXEC-01
TEST(ConcurrentFuture, IsDoneWhenItFailedOrWasCancelled) {
  IntFuture failed;
  failed.set_exception(an_error());
  EXPECT_EQ(flags(failed), "done ");
  EXPECT_THROW(failed.result(), std::runtime_error);
  EXPECT_NE(failed.exception(), nullptr);

  IntFuture cancelled;
  EXPECT_TRUE(cancelled.cancel());
  EXPECT_EQ(flags(cancelled), "done cancelled");
  EXPECT_THROW(cancelled.result(), CancelledError);
}

// I1
TEST(ConcurrentFuture, CompletingItTwiceIsAnInvalidStateError) {
  IntFuture future;
  future.set_result(1);
  EXPECT_THROW(future.set_result(2), InvalidStateError);
  EXPECT_THROW(future.set_exception(an_error()), InvalidStateError);
  EXPECT_THROW(future.set_running(), InvalidStateError);
  EXPECT_EQ(future.result(), 1);
}

// I1
TEST(ConcurrentFuture, OfManyWhoCompleteItOneSucceeds) {
  IntFuture future;
  std::latch go(4);
  std::atomic<int> succeeded{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        go.arrive_and_wait();
        try {
          future.set_result(i);
          ++succeeded;
        } catch (const InvalidStateError&) {
        }
      });
    }
  }
  EXPECT_EQ(succeeded, 1);
}

// I2
TEST(ConcurrentFuture, OneThatRunsCannotBeCancelled) {
  IntFuture future;
  EXPECT_TRUE(future.set_running());
  EXPECT_FALSE(future.cancel());
  future.set_result(1);
  EXPECT_FALSE(future.cancel());
}

// I2
TEST(ConcurrentFuture, OneThatWasCancelledDoesNotBeginToRun) {
  IntFuture future;
  EXPECT_TRUE(future.cancel());
  EXPECT_TRUE(future.cancel());
  EXPECT_FALSE(future.set_running());
}

// EXEC-02
TEST(ConcurrentFuture, ATimeoutIsNoSoonerThanAskedAndTheJobGoesOn) {
  IntFuture future;
  future.set_running();
  const TimePoint begin = SteadyClock::instance().now();
  EXPECT_THROW(future.result(seconds(0.005)), TimeoutError);
  EXPECT_THROW(future.exception(seconds(0.005)), TimeoutError);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.01));
  EXPECT_TRUE(future.running());
  future.set_result(42);
  EXPECT_EQ(future.result(seconds(0)), 42);
}

// EXEC-03
TEST(ConcurrentFuture, ResultReturnsAsSoonAsAnotherThreadCompletesIt) {
  IntFuture future;
  IntFuture failing;
  std::latch asking(1);
  std::jthread worker([&] {
    asking.wait();
    future.set_result(42);
    failing.set_exception(an_error());
  });
  asking.count_down();
  EXPECT_EQ(future.result(), 42);
  EXPECT_THROW(failing.result(seconds(30)), std::runtime_error);
}

// EXEC-04
TEST(ConcurrentFuture, AWaiterIsWokenByACancellation) {
  IntFuture future;
  std::latch asking(1);
  std::jthread canceller([&] {
    asking.wait();
    future.cancel();
  });
  asking.count_down();
  EXPECT_THROW(future.result(), CancelledError);
}

// EXEC-05 and I3
TEST(ConcurrentFuture, ACallbackOnADoneFutureIsCalledAtOnce) {
  std::vector<std::string> log;
  IntFuture succeeded;
  succeeded.set_result(42);
  succeeded.add_done_callback(
      [&](IntFuture f) { log.push_back(std::to_string(f.result())); });
  IntFuture failed;
  failed.set_exception(an_error());
  failed.add_done_callback(
      [&](IntFuture f) { log.push_back(f.exception() ? "failed" : "?"); });
  EXPECT_EQ(log, (std::vector<std::string>{"42", "failed"}));
}

// I3
TEST(ConcurrentFuture, CallbacksRunInOrderInTheThreadThatCompletesIt) {
  IntFuture future;
  std::vector<int> order;
  std::vector<std::thread::id> where;
  for (int i = 0; i < 3; ++i) {
    future.add_done_callback([&, i](IntFuture) {
      order.push_back(i);
      where.push_back(std::this_thread::get_id());
    });
  }
  std::jthread worker([&] { future.set_result(1); });
  const std::thread::id id = worker.get_id();
  worker.join();
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
  EXPECT_EQ(where, std::vector(3, id));
}

// I3
TEST(ConcurrentFuture, AnErrorOfACallbackIsPrintedAndStopsNobody) {
  IntFuture future;
  bool called = false;
  future.add_done_callback([](IntFuture) { throw std::runtime_error("boom"); });
  future.add_done_callback([&](IntFuture) { called = true; });
  testing::internal::CaptureStderr();
  EXPECT_NO_THROW(future.set_result(1));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "exception in a callback of a future: boom\n");
  EXPECT_TRUE(called);
}

TEST(ConcurrentFuture, ARemovedCallbackIsNotCalled) {
  IntFuture future;
  int calls = 0;
  int owner = 0;
  future.add_done_callback([&](IntFuture) { ++calls; }, &owner);
  future.add_done_callback([&](IntFuture) { calls += 10; });
  future.remove_done_callbacks(&owner);
  future.set_result(1);
  EXPECT_EQ(calls, 10);
}

TEST(ConcurrentFuture, ACallbackDoesNotKeepItsFutureAlive) {
  const auto watched = std::make_shared<int>(0);
  const std::weak_ptr<int> observed = watched;
  {
    ConcurrentFuture<std::shared_ptr<int>> future;
    future.add_done_callback([watched](auto) {});
  }
  EXPECT_EQ(observed.use_count(), 1);  // the callback and its future are gone
}

}  // namespace
}  // namespace scheduler
