// The promises of gil_sim/condition.h.
#include "gil_sim/condition.h"

#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "gil_sim/lock.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// Threads that wait on one condition, in order of their numbers, and write down
// who was notified.
class Waiters {
 public:
  explicit Waiters(int count) {
    for (int i = 0; i < count; ++i) {
      threads_.push_back(std::make_unique<Thread>([this, i] {
        const std::lock_guard held(lock);
        ++waiting_;
        condition.wait();
        woken.push_back(i);
      }));
      threads_.back()->start();
      until([&] { return waiting_ == i + 1; });
    }
  }

  // The lock is free only when the last one to come is asleep.
  template <class Predicate>
  void until(Predicate predicate) {
    for (;;) {
      const std::lock_guard held(lock);
      if (predicate()) {
        return;
      }
    }
  }
  void notify(size_t n) {
    const std::lock_guard held(lock);
    condition.notify(n);
  }

  Lock lock;
  Condition condition{lock};
  std::vector<int> woken;  // guarded by lock

 private:
  int waiting_ = 0;  // guarded by lock
  std::vector<std::unique_ptr<Thread>> threads_;
};

// SYNC-34 and I2. One at a time, as those notified together may come through
// the lock in any order.
TEST(Condition, NotifyWakesThoseWhoHaveWaitedLongest) {
  Waiters waiters(4);
  for (size_t i = 1; i <= 4; ++i) {
    waiters.notify(1);
    waiters.until([&] { return waiters.woken.size() == i; });
  }
  EXPECT_EQ(waiters.woken, (std::vector{0, 1, 2, 3}));
}

// SYNC-34
TEST(Condition, NotifyWakesNoMoreThanItWasTold) {
  Waiters waiters(5);
  waiters.notify(2);
  waiters.until([&] { return waiters.woken.size() == 2; });
  waiters.notify(2);
  waiters.until([&] { return waiters.woken.size() == 4; });
  waiters.until([&] {
    EXPECT_EQ(waiters.woken.size(), 4u);
    waiters.condition.notify_all();
    return true;
  });
}

// SYNC-34 and I1
TEST(Condition, WaitIsFalseWhenTheTimeIsUpAndHoldsTheLock) {
  Lock lock;
  Condition condition(lock);
  const std::lock_guard held(lock);
  const auto begin = SteadyClock::instance().now();
  EXPECT_FALSE(condition.wait(seconds(0.005)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  EXPECT_TRUE(lock.locked());
}

// I3
TEST(Condition, OneThatGaveUpDoesNotUseUpANotification) {
  Waiters waiters(1);
  {
    const std::lock_guard held(waiters.lock);
    EXPECT_FALSE(waiters.condition.wait(seconds(0.001)));
    waiters.condition.notify(2);
  }
  waiters.until([&] { return waiters.woken.size() == 1; });
}

// I3
TEST(Condition, ANotificationIsNotKeptForThoseWhoComeLater) {
  Lock lock;
  Condition condition(lock);
  const std::lock_guard held(lock);
  condition.notify();
  EXPECT_FALSE(condition.wait(seconds(0.001)));
}

// SYNC-35
TEST(Condition, WaitForChecksAgainAfterEveryWakeUp) {
  Lock lock;
  Condition condition(lock);
  int value = 0;
  Thread counter([&] {
    for (int i = 0; i < 3; ++i) {
      const std::lock_guard held(lock);
      ++value;
      condition.notify_all();
    }
  });
  const std::lock_guard held(lock);
  counter.start();
  EXPECT_TRUE(condition.wait_for([&] { return value == 3; }, seconds(30)));
}

// SYNC-35
TEST(Condition, WaitForGivesThePredicatesLastValue) {
  Lock lock;
  Condition condition(lock);
  const std::lock_guard held(lock);
  EXPECT_FALSE(condition.wait_for([] { return false; }, seconds(0.001)));
  int calls = 0;
  // True at the last look, when the time is long up.
  EXPECT_TRUE(condition.wait_for([&] { return ++calls == 2; }, seconds(0.001)));
}

TEST(Condition, WithoutItsLockItIsARuntimeError) {
  Lock lock;
  Condition condition(lock);
  EXPECT_THROW(condition.wait(), std::runtime_error);
  EXPECT_THROW(condition.notify(), std::runtime_error);
}

}  // namespace
}  // namespace gil_sim
