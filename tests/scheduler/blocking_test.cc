// The promises of scheduler/blocking.h, and that the waits of this folder keep
// them.
#include "scheduler/blocking.h"

#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"
#include "scheduler/wait.h"

namespace scheduler {
namespace {

// A mutex that its thread holds while it is awake, as an interpreter's lock.
class HeldWhileAwake final : public BlockingHook {
 public:
  HeldWhileAwake() {
    mutex.lock();
    set(this);
  }
  HeldWhileAwake(const HeldWhileAwake&) = delete;
  HeldWhileAwake& operator=(const HeldWhileAwake&) = delete;
  ~HeldWhileAwake() {
    set(nullptr);
    mutex.unlock();
  }

  void before_blocking() override {
    ++sleeps;
    mutex.unlock();
  }
  void after_blocking() override { mutex.lock(); }

  std::mutex mutex;
  int sleeps = 0;
};

// Needs what the waiting thread holds, and completes the future while it has
// it: who opens its scope under the mutex of the future waits for ever.
std::jthread completes_under(std::mutex& mutex, ConcurrentFuture<int> future) {
  return std::jthread([&mutex, future]() mutable {
    const std::lock_guard held(mutex);
    future.set_result(42);
  });
}

TEST(Blocking, ResultLetsGoOfWhatTheThreadHolds) {
  HeldWhileAwake held;
  const ConcurrentFuture<int> future;
  const std::jthread other = completes_under(held.mutex, future);
  EXPECT_EQ(future.result(), 42);
  EXPECT_EQ(held.sleeps, 1);
}

TEST(Blocking, ATimeOutHasItBackToo) {
  HeldWhileAwake held;
  const ConcurrentFuture<int> future;
  EXPECT_THROW(future.result(seconds(0.001)), TimeoutError);
  EXPECT_EQ(held.sleeps, 1);
  const bool free = std::async(std::launch::async, [&] {
                      return held.mutex.try_lock();
                    }).get();
  EXPECT_FALSE(free);
}

TEST(Blocking, WaitLetsGoOfWhatTheThreadHolds) {
  HeldWhileAwake held;
  const std::vector<ConcurrentFuture<int>> futures(2);
  const std::jthread one = completes_under(held.mutex, futures[0]);
  const std::jthread two = completes_under(held.mutex, futures[1]);
  EXPECT_EQ(wait(futures).done, futures);
}

TEST(Blocking, AsCompletedLetsGoOfWhatTheThreadHolds) {
  HeldWhileAwake held;
  const std::vector<ConcurrentFuture<int>> futures(2);
  const std::jthread one = completes_under(held.mutex, futures[0]);
  const std::jthread two = completes_under(held.mutex, futures[1]);
  int sum = 0;
  for (const auto& future : as_completed(futures)) {
    sum += future.result();
  }
  EXPECT_EQ(sum, 84);
}

TEST(Blocking, WhatIsDoneAlreadyIsHadWithoutLettingGo) {
  HeldWhileAwake held;
  ConcurrentFuture<int> future;
  future.set_result(42);
  EXPECT_EQ(future.result(), 42);
  EXPECT_EQ(wait(std::vector{future}).done.size(), 1u);
  EXPECT_EQ((*as_completed(std::vector{future}).begin()).result(), 42);
  EXPECT_EQ(held.sleeps, 0);
}

TEST(Blocking, AHookIsForTheThreadThatSetIt) {
  const HeldWhileAwake held;
  const BlockingHook* of_another = &held;
  std::jthread([&] { of_another = BlockingHook::current(); }).join();
  EXPECT_EQ(of_another, nullptr);
  EXPECT_EQ(BlockingHook::current(), &held);
}

}  // namespace
}  // namespace scheduler
