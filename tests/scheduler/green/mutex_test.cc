// The promises of scheduler/green/mutex.h.
#include "scheduler/green/mutex.h"

#include <mutex>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/green/scheduler.h"

namespace scheduler::green {
namespace {

using Log = std::vector<std::string>;

class GreenMutexTest : public testing::Test {
 protected:
  ManualClock clock;
  Scheduler scheduler{clock};
  Mutex mutex;
  Log log;
};

// I1
TEST_F(GreenMutexTest, OnlyOneThreadIsInsideThoughAllYieldThere) {
  int inside = 0;
  for (int i = 0; i < 5; ++i) {
    scheduler.spawn("thread", [&] {
      for (int round = 0; round < 10; ++round) {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(++inside, 1);
        yield();
        --inside;
      }
    });
  }
  scheduler.run();
  EXPECT_FALSE(mutex.locked());
}

// I2
TEST_F(GreenMutexTest, WhoAsksFirstGetsItFirst) {
  for (const char* name : {"A", "B", "C"}) {
    scheduler.spawn(name, [this, name] {
      const std::lock_guard lock(mutex);
      log.emplace_back(name);
      yield();
    });
  }
  scheduler.run();
  EXPECT_EQ(log, (Log{"A", "B", "C"}));
}

// I3
TEST_F(GreenMutexTest, TheOneWhoUnlocksCannotSnatchItBack) {
  for (const char* name : {"A", "B"}) {
    scheduler.spawn(name, [this, name] {
      for (int i = 0; i < 2; ++i) {
        const std::lock_guard lock(mutex);
        log.emplace_back(name);
        yield();
      }
    });
  }
  scheduler.run();
  EXPECT_EQ(log, (Log{"A", "B", "A", "B"}));
}

TEST_F(GreenMutexTest, TwoLocksInOppositeOrderAreReportedAsACycle) {
  Mutex other;
  const auto take = [](Mutex& first, Mutex& second) {
    const std::lock_guard one(first);
    yield();
    const std::lock_guard two(second);
  };
  scheduler.spawn("A", [&] { take(mutex, other); });
  scheduler.spawn("B", [&] { take(other, mutex); });
  try {
    scheduler.run();
    ADD_FAILURE() << "not noticed";
  } catch (const DeadlockError& error) {
    EXPECT_STREQ(error.what(),
                 "deadlock: A waits for a mutex held by B; B waits for a mutex "
                 "held by A");
  }
}

#if !defined(NDEBUG)
TEST_F(GreenMutexTest, LockingTwiceIsABugOfTheCaller) {
  scheduler.spawn("A", [this] {
    const std::lock_guard lock(mutex);
    EXPECT_DEATH(mutex.lock(), "would wait for ever");
  });
  scheduler.run();
}

TEST_F(GreenMutexTest, UnlockingAnothersIsABugOfTheCaller) {
  scheduler.spawn("A", [this] {
    const std::lock_guard lock(mutex);
    yield();
  });
  scheduler.spawn("B",
                  [this] { EXPECT_DEATH(mutex.unlock(), "only the holder"); });
  scheduler.run();
}
#endif

}  // namespace
}  // namespace scheduler::green
