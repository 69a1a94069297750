// The promises of ipc/mutex.h, ipc/rlock.h and ipc/lock.h.
#include "ipc/mutex.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>

#include "gtest/gtest.h"
#include "ipc/lock.h"
#include "ipc/process.h"
#include "ipc/rlock.h"
#include "ipc/shared.h"
#include "scheduler/clock.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

struct Guarded {
  Mutex mutex;
  int a = 0;
  int b = 0;
};

// I1
TEST(ProcessMutex, OneProcessAtATimeIsInside) {
  const Shared<Guarded> guarded;
  run_family(4, [&](int) {
    for (int i = 0; i < 5000; ++i) {
      const std::lock_guard held(guarded->mutex);
      if (++guarded->a != ++guarded->b) {
        _exit(1);
      }
    }
  });
  EXPECT_EQ(guarded->a, 20'000);
  EXPECT_EQ(guarded->b, 20'000);
}

// I2, I3
TEST(ProcessMutex, ADeadHolderIsReportedUntilSomebodyRepairs) {
  const Shared<Mutex> mutex;
  EXPECT_EQ(ending_of(started([&] {
              mutex->lock();
              kill(getpid(), SIGKILL);
            })),
            -SIGKILL);
  // The first to come dies as well, without a repair.
  EXPECT_EQ(ending_of(started([&] {
              mutex->lock();
              _exit(mutex->owner_died() ? 3 : 4);
            })),
            3);
  for (int time = 0; time < 2; ++time) {
    const std::lock_guard held(*mutex);
    EXPECT_TRUE(mutex->owner_died());
  }
  {
    const std::lock_guard held(*mutex);
    mutex->mark_repaired();
  }
  const std::lock_guard held(*mutex);
  EXPECT_FALSE(mutex->owner_died());
}

TEST(ProcessMutex, OneWhoWaitsWhenTheHolderIsKilledGetsIt) {
  const Shared<Mutex> mutex;
  board().reset();
  Process holder = started([&] {
    mutex->lock();
    pass_gate(0);
  });
  wait_until([] { return board().entered == 1; });
  Process waiter = started([&] {
    ++board().entered;
    mutex->lock();
    _exit(mutex->owner_died() ? 5 : 6);
  });
  wait_until([] { return board().entered == 2; });
  holder.kill();
  waiter.join();
  EXPECT_EQ(waiter.exitcode(), 5);
}

TEST(ProcessMutex, OnlyTheHolderUnlocks) {
  const Shared<Mutex> mutex;
  EXPECT_THROW(mutex->unlock(), std::runtime_error);
  const std::lock_guard held(*mutex);
  EXPECT_EQ(ending_of(started([&] {
              try {
                mutex->unlock();
              } catch (const std::runtime_error&) {
                _exit(7);
              }
            })),
            7);
}

TEST(ProcessMutex, WaitingForALimitedTimeEndsAfterIt) {
  const Shared<Mutex> mutex;
  const std::lock_guard held(*mutex);
  EXPECT_EQ(ending_of(started([&] {
              const auto begin = SteadyClock::instance().now();
              const bool locked = mutex->lock_within(seconds(0.02)) ||
                                  mutex->lock_within(seconds(-1));
              const auto took = SteadyClock::instance().now() - begin;
              _exit(locked || took < seconds(0.02) ? 1 : 0);
            })),
            0);
}

// I2: 150 kills at random instants, most of them inside.
TEST(ProcessMutex, WhatItGuardsCanBeRepairedAfterEveryKill) {
  const Shared<Guarded> guarded;
  std::mt19937 dice(1);
  const auto work = [&] {
    for (;;) {
      const std::lock_guard held(guarded->mutex);
      if (guarded->mutex.owner_died()) {
        guarded->b = guarded->a;
        guarded->mutex.mark_repaired();
      }
      if (guarded->a != guarded->b) {
        _exit(1);
      }
      ++guarded->a;
      std::atomic_signal_fence(std::memory_order_seq_cst);  // two stores
      ++guarded->b;
    }
  };
  std::array<std::optional<Process>, 3> workers;
  for (auto& worker : workers) {
    worker.emplace(started(work));
  }
  for (int round = 0; round < 150; ++round) {
    {
      const std::lock_guard held(guarded->mutex);
      if (guarded->mutex.owner_died()) {
        guarded->b = guarded->a;
        guarded->mutex.mark_repaired();
      }
      EXPECT_EQ(guarded->a, guarded->b);
    }
    const size_t victim = dice() % workers.size();
    for (auto spin = dice() % 20'000; spin > 0; --spin) {
      asm volatile("");
    }
    EXPECT_TRUE(workers[victim]->is_alive());
    workers[victim]->kill();
    workers[victim]->join();
    workers[victim].emplace(started(work));
  }
  for (auto& worker : workers) {
    EXPECT_TRUE(worker->is_alive());
  }
}

// PROC-33
TEST(ProcessRLock, NestsAndIsReleasedByItsOwnerOnly) {
  const Shared<RLock> lock;
  EXPECT_THROW(lock->unlock(), std::runtime_error);
  lock->lock();
  lock->lock();
  lock->unlock();
  const auto attempt = [&] {
    try {
      lock->unlock();
      return 1;
    } catch (const std::runtime_error&) {
      return lock->try_lock() ? 2 : 8;
    }
  };
  EXPECT_EQ(ending_of(started([&] { _exit(attempt()); })), 8);
  lock->unlock();
  EXPECT_EQ(ending_of(started([&] { _exit(attempt()); })), 2);
  // That child held it when it ended.
  lock->lock();
  EXPECT_TRUE(lock->owner_died());
  lock->unlock();
}

// PROC-32
TEST(ProcessLock, OneProcessAtATimeIsInside) {
  struct Counted {
    Lock lock;
    int count = 0;
  };
  const Shared<Counted> counted;
  run_family(4, [&](int) {
    for (int i = 0; i < 5000; ++i) {
      const std::lock_guard held(counted->lock);
      ++counted->count;
    }
  });
  EXPECT_EQ(counted->count, 20'000);
}

// PROC-32
TEST(ProcessLock, AnyProcessMayReleaseIt) {
  const Shared<Lock> lock;
  lock->lock();
  EXPECT_FALSE(lock->try_lock());
  Process child = started([&] { lock->unlock(); });
  lock->lock();  // the child's doing
  child.join();
  lock->unlock();
  EXPECT_THROW(lock->unlock(), std::invalid_argument);
}

TEST(ProcessLock, WaitingForALimitedTimeEndsAfterIt) {
  const Shared<Lock> lock;
  lock->lock();
  const auto begin = SteadyClock::instance().now();
  EXPECT_FALSE(lock->lock_within(seconds(0.02)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
}

}  // namespace
}  // namespace ipc
