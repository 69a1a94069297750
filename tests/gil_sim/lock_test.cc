// The promises of gil_sim/lock.h.
#include "gil_sim/lock.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// Runs `body` in another thread and waits for it.
template <class Body>
void elsewhere(Body body) {
  Thread thread(body);
  thread.start();
  thread.join();
}

// SYNC-30 and I1
TEST(Lock, OneThreadAtATimeIsInside) {
  Lock lock;
  int unguarded = 0;  // but for the lock
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (int i = 0; i < 4; ++i) {
      threads.push_back(std::make_unique<Thread>([&] {
        for (int n = 0; n < 2000; ++n) {
          const std::lock_guard held(lock);
          ++unguarded;
        }
      }));
      threads.back()->start();
    }
  }
  EXPECT_EQ(unguarded, 8000);
  EXPECT_FALSE(lock.locked());
}

// SYNC-30
TEST(Lock, ATryOnAHeldLockIsFalseAtOnce) {
  Lock lock;
  EXPECT_TRUE(lock.try_acquire());
  elsewhere([&] { EXPECT_FALSE(lock.try_acquire()); });
  lock.release();
  elsewhere([&] {
    EXPECT_TRUE(lock.try_acquire());
    lock.release();
  });
}

// SYNC-31
TEST(Lock, ASecondAcquireByTheSameThreadWaits) {
  Lock lock;
  lock.acquire();
  EXPECT_FALSE(lock.acquire(seconds(0.001)));
}

TEST(Lock, AnyThreadMayReleaseIt) {
  Lock lock;
  lock.acquire();
  elsewhere([&] { lock.release(); });
  EXPECT_FALSE(lock.locked());
}

// SYNC-32
TEST(Lock, ReleasingAFreeOneIsARuntimeError) {
  Lock lock;
  EXPECT_THROW(lock.release(), std::runtime_error);
}

// SYNC-33 and I2
TEST(Lock, ATimedAcquireThatFailsIsNotEarlyAndLeavesItUsable) {
  Lock lock;
  lock.acquire();
  elsewhere([&] {
    const auto begin = SteadyClock::instance().now();
    EXPECT_FALSE(lock.acquire(seconds(0.005)));
    EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  });
  lock.release();
  elsewhere([&] { EXPECT_TRUE(lock.acquire(seconds(30))); });
}

TEST(Lock, MayGoAsSoonAsItIsAcquiredAgain) {
  for (int i = 0; i < 200; ++i) {
    auto lock = std::make_unique<Lock>();
    lock->acquire();
    Thread releaser([&lock = *lock] { lock.release(); });
    releaser.start();
    lock->acquire();
    lock.reset();  // release() may still be on its way out
  }
}

// GIL-15
TEST(Lock, WhoWaitsForItHasDroppedTheInterpreterLock) {
  Gil gil;
  gil.set_switch_interval(60);  // nobody is asked: to drop is the waiter's idea
  Lock lock;
  lock.acquire();
  Thread waiter([&] {
    const WithGil held(gil);
    lock.acquire();
  });
  waiter.start();
  while (gil.statistics().drops == 0) {
  }
  {
    const WithGil held(gil);  // free, though the waiter still waits
    lock.release();
  }
  waiter.join();
  EXPECT_EQ(gil.statistics().requests, 0);
}

// GIL-15
TEST(Lock, WhoFindsItFreeKeepsTheInterpreterLock) {
  Gil gil;
  Lock lock;
  const WithGil held(gil);
  lock.acquire();
  lock.release();
  EXPECT_EQ(gil.statistics().drops, 0);
}

// GIL-15
TEST(Lock, WhoMayNotWaitKeepsTheInterpreterLock) {
  Gil gil;
  Lock lock;
  RLock again;
  lock.acquire();
  again.acquire();
  elsewhere([&] {
    const WithGil held(gil);
    EXPECT_FALSE(lock.try_acquire());
    EXPECT_FALSE(lock.acquire(seconds(0)));
    EXPECT_FALSE(again.try_acquire());
    EXPECT_EQ(gil.statistics().drops, 0);
  });
}

// SYNC-31 and SYNC-32
TEST(RLock, IsFreeAfterAsManyReleasesAsAcquires) {
  RLock lock;
  lock.acquire();
  EXPECT_TRUE(lock.try_acquire());
  lock.release();
  elsewhere([&] { EXPECT_FALSE(lock.try_acquire()); });
  lock.release();
  elsewhere([&] {
    EXPECT_TRUE(lock.try_acquire());
    lock.release();
  });
}

// SYNC-32
TEST(RLock, OnlyItsOwnerReleasesIt) {
  RLock lock;
  EXPECT_THROW(lock.release(), std::runtime_error);
  const std::lock_guard held(lock);
  elsewhere([&] { EXPECT_THROW(lock.release(), std::runtime_error); });
}

// SYNC-32. The system may give the newcomer the pthread_t of the dead owner.
TEST(RLock, ANewThreadIsNotTheOwnerThatEnded) {
  RLock lock;
  elsewhere([&] { lock.acquire(); });
  elsewhere([&] {
    EXPECT_FALSE(lock.try_acquire());
    EXPECT_THROW(lock.release(), std::runtime_error);
  });
}

// SYNC-33
TEST(RLock, ATimedAcquireThatFailsLeavesItUsable) {
  RLock lock;
  lock.acquire();
  elsewhere([&] { EXPECT_FALSE(lock.acquire(seconds(0.001))); });
  lock.release();
  elsewhere([&] {
    EXPECT_TRUE(lock.acquire(seconds(30)));
    lock.release();
  });
}

}  // namespace
}  // namespace gil_sim
