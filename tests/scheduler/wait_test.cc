// The promises of scheduler/wait.h.
#include "scheduler/wait.h"

#include <exception>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"

namespace scheduler {
namespace {

using IntFuture = ConcurrentFuture<int>;
using Futures = std::vector<IntFuture>;

std::exception_ptr an_error() {
  return std::make_exception_ptr(std::runtime_error("boom"));
}

// EXEC-17
TEST(Wait, FirstCompletedReturnsWithTheFirst) {
  Futures futures(3);
  std::jthread worker([&] { futures[1].set_result(1); });
  const auto [done, not_done] =
      wait(futures, std::nullopt, ReturnWhen::kFirstCompleted);
  EXPECT_EQ(done, Futures{futures[1]});
  EXPECT_EQ(not_done, (Futures{futures[0], futures[2]}));
}

// EXEC-17
TEST(Wait, FirstCompletedReturnsAtOnceIfOneIsDone) {
  Futures futures(2);
  futures[0].cancel();
  const auto [done, not_done] =
      wait(futures, std::nullopt, ReturnWhen::kFirstCompleted);
  EXPECT_EQ(done, Futures{futures[0]});
  EXPECT_EQ(not_done, Futures{futures[1]});
}

// EXEC-17
TEST(Wait, FirstExceptionPassesOverResultsAndCancellations) {
  Futures futures(4);
  futures[0].set_result(1);
  futures[1].cancel();
  std::jthread worker([&] { futures[2].set_exception(an_error()); });
  const auto [done, not_done] =
      wait(futures, std::nullopt, ReturnWhen::kFirstException);
  EXPECT_EQ(done, (Futures{futures[0], futures[1], futures[2]}));
  EXPECT_EQ(not_done, Futures{futures[3]});
}

// EXEC-17
TEST(Wait, FirstExceptionWithoutAnExceptionWaitsForAll) {
  Futures futures(2);
  std::jthread worker([&] {
    futures[1].set_result(1);
    futures[0].set_result(0);
  });
  const auto result = wait(futures, std::nullopt, ReturnWhen::kFirstException);
  EXPECT_EQ(result.done, futures);
}

// EXEC-17
TEST(Wait, AllCompletedWaitsForAll) {
  Futures futures(3);
  futures[0].set_exception(an_error());
  std::jthread worker([&] {
    futures[2].cancel();
    futures[1].set_result(1);
  });
  const auto [done, not_done] = wait(futures);
  EXPECT_EQ(done, futures);
  EXPECT_EQ(not_done, Futures{});
}

// EXEC-17
TEST(Wait, ATimeoutReturnsThePartitionSoFar) {
  Futures futures(2);
  futures[0].set_result(1);
  const TimePoint begin = SteadyClock::instance().now();
  const auto [done, not_done] = wait(futures, seconds(0.005));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  EXPECT_EQ(done, Futures{futures[0]});
  EXPECT_EQ(not_done, Futures{futures[1]});
}

TEST(Wait, NothingToWaitForReturnsAtOnce) {
  EXPECT_EQ(wait(Futures{}).done, Futures{});
}

// I2
TEST(Wait, AFutureGivenTwiceComesBackOnce) {
  IntFuture future;
  future.set_result(1);
  EXPECT_EQ(wait(Futures{future, future}).done, Futures{future});
}

// EXEC-18
TEST(AsCompleted, GivesFinishedOnesFirstThenTheOthersAsTheyEnd) {
  Futures futures(4);
  futures[3].set_result(3);
  std::vector<int> order;
  // Each one handed out is the cue for the next.
  const std::vector<int> next{-1, 0, 1, 2};
  for (const IntFuture& future : as_completed(futures)) {
    const int index = future.result();
    order.push_back(index);
    if (const int cue = next[static_cast<size_t>(index)]; cue >= 0) {
      futures[static_cast<size_t>(cue)].set_result(int{cue});
    }
  }
  EXPECT_EQ(order, (std::vector{3, 2, 1, 0}));
}

// EXEC-18
TEST(AsCompleted, ATimeoutSaysHowManyAreUnfinished) {
  Futures futures(3);
  futures[1].set_result(1);
  std::vector<int> got;
  try {
    for (const IntFuture& future : as_completed(futures, seconds(0))) {
      got.push_back(future.result());
    }
    FAIL() << "two futures are unfinished";
  } catch (const TimeoutError& error) {
    EXPECT_STREQ(error.what(), "2 (of 3) futures unfinished");
  }
  EXPECT_EQ(got, std::vector{1});
}

// I2
TEST(AsCompleted, AFutureGivenTwiceComesOnce) {
  IntFuture future;
  future.set_result(1);
  int count = 0;
  for (const IntFuture& each : as_completed(Futures{future, future})) {
    EXPECT_EQ(each, future);
    ++count;
  }
  EXPECT_EQ(count, 1);
}

// EXEC-19 and I1
TEST(Wait, ACompletionBetweenCheckAndSleepIsNotLost) {
  for (int round = 0; round < 100; ++round) {
    Futures futures(4);
    std::latch together(2);
    std::jthread worker([&] {
      together.arrive_and_wait();
      for (IntFuture& future : futures) {
        future.set_result(round);
      }
    });
    together.arrive_and_wait();
    EXPECT_EQ(wait(futures).done.size(), 4u);
  }
}

}  // namespace
}  // namespace scheduler
