// The promises of gil_sim/barrier.h.
#include "gil_sim/barrier.h"

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <vector>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace gil_sim {
namespace {

using scheduler::BrokenBarrierError;
using scheduler::seconds;

// Threads that run the same body; the end of the scope waits for them.
std::vector<std::unique_ptr<Thread>> start(int count,
                                           std::function<void(int)> body) {
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < count; ++i) {
    threads.push_back(std::make_unique<Thread>(body, i));
    threads.back()->start();
  }
  return threads;
}

void wait_for_waiters(const Barrier& barrier, int count) {
  while (barrier.n_waiting() < count) {
  }
}

// SYNC-39, I1, I2, I3
TEST(Barrier, EachRoundHasItsIndexesAndRunsTheActionBeforeAnyonePasses) {
  constexpr int kParties = 4;
  constexpr int kRounds = 50;
  std::atomic<int> actions{0};
  std::vector<std::atomic<int>> seen(kParties);
  Barrier barrier(kParties, [&] { ++actions; });
  {
    const auto threads = start(kParties, [&](int) {
      for (int round = 1; round <= kRounds; ++round) {
        const int index = barrier.wait();
        EXPECT_GE(actions, round);
        ++seen[static_cast<size_t>(index)];
      }
    });
  }
  EXPECT_EQ(actions, kRounds);
  for (const auto& count : seen) {
    EXPECT_EQ(count, kRounds);  // each index once in each round
  }
  EXPECT_EQ(barrier.n_waiting(), 0);
  EXPECT_FALSE(barrier.broken());
}

// SYNC-40
TEST(Barrier, ResetFailsThoseWhoWaitAndThenItWorksAgain) {
  Barrier barrier(3);
  std::atomic<int> failed{0};
  {
    const auto threads = start(2, [&](int) {
      EXPECT_THROW(barrier.wait(), BrokenBarrierError);
      ++failed;
    });
    wait_for_waiters(barrier, 2);
    barrier.reset();
  }
  EXPECT_EQ(failed, 2);
  EXPECT_FALSE(barrier.broken());
  const auto threads = start(3, [&](int) { EXPECT_NO_THROW(barrier.wait()); });
}

TEST(Barrier, AbortFailsThoseWhoWaitAndThoseWhoComeUntilAReset) {
  Barrier barrier(2);
  {
    const auto threads = start(
        1, [&](int) { EXPECT_THROW(barrier.wait(), BrokenBarrierError); });
    wait_for_waiters(barrier, 1);
    barrier.abort();
  }
  EXPECT_TRUE(barrier.broken());
  EXPECT_THROW(barrier.wait(), BrokenBarrierError);
  barrier.reset();
  const auto threads = start(2, [&](int) { EXPECT_NO_THROW(barrier.wait()); });
}

TEST(Barrier, OneWhoGivesUpBreaksItForAll) {
  Barrier barrier(3);
  const auto threads =
      start(1, [&](int) { EXPECT_THROW(barrier.wait(), BrokenBarrierError); });
  wait_for_waiters(barrier, 1);
  EXPECT_THROW(barrier.wait(seconds(0.001)), BrokenBarrierError);
  EXPECT_TRUE(barrier.broken());
}

TEST(Barrier, AFailingActionReachesOnePartyAndBreaksItForTheOthers) {
  Barrier barrier(2, [] { throw std::domain_error("boom"); });
  const auto threads =
      start(1, [&](int) { EXPECT_THROW(barrier.wait(), BrokenBarrierError); });
  wait_for_waiters(barrier, 1);
  EXPECT_THROW(barrier.wait(), std::domain_error);
}

TEST(Barrier, LessThanOnePartyIsAValueError) {
  EXPECT_THROW(Barrier(0), std::invalid_argument);
}

}  // namespace
}  // namespace gil_sim
