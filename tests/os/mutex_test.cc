// The promises of os/mutex.h.
#include "os/mutex.h"

#include <chrono>
#include <thread>

#include "gtest/gtest.h"

namespace os {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool can_be_taken(Mutex& mutex) {
  if (mutex.try_lock()) {
    mutex.unlock();
    return true;
  }
  return false;
}

TEST(Mutex, LetsOneThreadInAtATime) {
  struct {
    Mutex mutex;
    int value GUARDED_BY(mutex) = 0;
  } counter;
  const auto increment = [&] {
    for (int i = 0; i < 10'000; ++i) {
      const MutexLock lock(counter.mutex);
      ++counter.value;
    }
  };
  std::thread other(increment);
  increment();
  other.join();
  const MutexLock lock(counter.mutex);
  EXPECT_EQ(counter.value, 20'000);
}

TEST(Mutex, TryLockOfAHeldMutexIsRefused) {
  Mutex mutex;
  const MutexLock lock(mutex);
  bool taken = true;
  std::thread other([&] { taken = can_be_taken(mutex); });
  other.join();
  EXPECT_FALSE(taken);
}

#ifndef NDEBUG
// Wrong on purpose, so hidden from Clang's analysis.
void lock_twice(Mutex& mutex) NO_THREAD_SAFETY_ANALYSIS {
  mutex.lock();
  mutex.lock();
}
void unlock_as_a_stranger(Mutex& mutex) NO_THREAD_SAFETY_ANALYSIS {
  mutex.lock();
  std::thread([&]() NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); }).join();
}

class MutexDeathTest : public testing::Test {
 protected:
  // Other tests start threads, and a forked copy has none of them.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

TEST_F(MutexDeathTest, LockingItTwiceIsABug) {
  Mutex mutex;
  EXPECT_DEATH(lock_twice(mutex), "holds the mutex already");
}

TEST_F(MutexDeathTest, UnlockingItAsAStrangerIsABug) {
  Mutex mutex;
  // The thread sanitizer has a word of its own for it, and is quicker.
  EXPECT_DEATH(unlock_as_a_stranger(mutex),
               "only the holder may unlock|unlock of an unlocked mutex");
}
#endif

// I1
TEST(CondVar, AWaiterSeesWhatTheNotifierChanged) {
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  std::thread notifier([&] {
    const MutexLock lock(mutex);
    ready = true;
    changed.notify_one();
  });
  {
    const MutexLock lock(mutex);
    while (!ready) {
      changed.wait(mutex);
    }
    EXPECT_TRUE(ready);
  }
  notifier.join();
}

// I2
TEST(CondVar, ATimedWaitThatNobodyEndsReturnsFalseAndNotTooEarly) {
  Mutex mutex;
  CondVar never;
  const auto deadline = steady_clock::now() + milliseconds(5);
  const MutexLock lock(mutex);
  while (never.wait_until(mutex, deadline)) {  // true: woken for no reason
  }
  EXPECT_GE(steady_clock::now(), deadline);
}

// I1
TEST(CondVar, TheMutexIsHeldAgainAfterATimeOut) {
  Mutex mutex;
  CondVar never;
  const MutexLock lock(mutex);
  never.wait_until(mutex, steady_clock::now());
  bool taken = true;
  std::thread other([&] { taken = can_be_taken(mutex); });
  other.join();
  EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace os
