// The promises of scheduler/green/condition.h.
#include "scheduler/green/condition.h"

#include <mutex>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/green/mutex.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {
namespace {

using Log = std::vector<std::string>;

class GreenConditionTest : public testing::Test {
 protected:
  void spawn_waiters(int count) {
    for (int i = 1; i <= count; ++i) {
      scheduler.spawn("waiter", [this, i] {
        const std::lock_guard lock(mutex);
        condition.wait(mutex);
        log.push_back("woken " + std::to_string(i));
      });
    }
  }

  ManualClock clock;
  Scheduler scheduler{clock};
  Mutex mutex;
  Condition condition;
  Log log;
};

// I1 I2
TEST_F(GreenConditionTest, AWaiterLetsGoOfTheMutexAndHoldsItAgainAfterwards) {
  bool ready = false;
  scheduler.spawn("waiter", [&] {
    const std::lock_guard lock(mutex);
    while (!ready) {
      condition.wait(mutex);
    }
    EXPECT_TRUE(mutex.locked());
    log.emplace_back("saw it");
  });
  scheduler.spawn("setter", [&] {
    const std::lock_guard lock(mutex);
    ready = true;
    condition.notify();
    yield();  // still held: the waiter cannot go on yet
    log.emplace_back("set it");
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"set it", "saw it"}));
}

// I3
TEST_F(GreenConditionTest, NotifyWakesTheFirstWaiterOnly) {
  spawn_waiters(2);
  scheduler.spawn("notifier", [this] {
    condition.notify();
    sleep_for(seconds(1));
    log.emplace_back("later");
    condition.notify();
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"woken 1", "later", "woken 2"}));
}

// I3
TEST_F(GreenConditionTest, NotifyAllWakesEveryWaiterInOrder) {
  spawn_waiters(3);
  scheduler.spawn("notifier", [this] { condition.notify_all(); });
  scheduler.run();
  EXPECT_EQ(log, (Log{"woken 1", "woken 2", "woken 3"}));
}

TEST_F(GreenConditionTest, ANotificationThatNobodyWaitsForIsLost) {
  scheduler.spawn("notifier", [this] { condition.notify(); });
  spawn_waiters(1);
  EXPECT_THROW(scheduler.run(), DeadlockError);
  EXPECT_EQ(log, Log{});
}

#if !defined(NDEBUG)
TEST_F(GreenConditionTest, WaitingWithoutTheMutexIsABugOfTheCaller) {
  scheduler.spawn(
      "A", [this] { EXPECT_DEATH(condition.wait(mutex), "only the holder"); });
  scheduler.run();
}
#endif

}  // namespace
}  // namespace scheduler::green
