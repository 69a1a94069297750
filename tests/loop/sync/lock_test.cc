// The promises of loop/sync/lock.h, in the order of Python 3.11.
#include "loop/sync/lock.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "scheduler/task_state.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using scheduler::TaskState;
using tests::Log;
using tests::ms;
using tests::ticks;
using tests::turns;
using tests::VirtualLoop;

Coroutine<> hold(Log* log, Lock* lock, std::string name, int stay = 0) {
  try {
    const auto held = co_await lock->scoped();
    log->push_back(name + "+");
    co_await turns(stay);
    log->push_back(name + "-");
  } catch (const CancelledError&) {
    log->push_back(name + "x");
    throw;
  }
}

class CoroutineLock : public tests::EveryOrder {
 protected:
  Lock lock_;
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineLock, tests::kEveryKind,
                         tests::name_of);

// SYNC-01
TEST_P(CoroutineLock, AcquiringAFreeOneDoesNotSuspend) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    const auto others = create_task(ticks(log, 1));
    co_await lock->acquire();
    EXPECT_TRUE(lock->locked());
    lock->release();
    { const auto held = co_await lock->scoped(); }
    EXPECT_FALSE(lock->locked());
    EXPECT_EQ(*log, Log());
    co_await others;
  };
  run(body(&log_, &lock_));
}

// SYNC-02
TEST_P(CoroutineLock, WaitersGetItInTheOrderOfArrival) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A", 1));
    const auto b = create_task(hold(log, lock, "B", 1));
    const auto c = create_task(hold(log, lock, "C", 1));
    const auto end = create_task(ticks(log, 10));
    co_await turns(2);
    log->push_back("release");
    lock->release();
    co_await end;
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "release", "|", "A+", "|", "A-", "|", "B+",
                       "|", "B-", "|", "C+", "|", "C-", "|", "|"}));
}

// SYNC-03
TEST_P(CoroutineLock, ReleasingAFreeOneIsARuntimeError) {
  EXPECT_THROW(lock_.release(), std::runtime_error);
}

// SYNC-04
TEST_P(CoroutineLock, ACancelledWaiterIsSkipped) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A"));
    const auto b = create_task(hold(log, lock, "B"));
    const auto c = create_task(hold(log, lock, "C"));
    const auto end = create_task(ticks(log, 9));
    co_await turns(2);
    a.cancel();
    log->push_back("cancelled");
    co_await turns(1);
    lock->release();
    log->push_back("released");
    co_await end;
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "cancelled", "|", "Ax", "released", "|", "B+",
                       "B-", "|", "C+", "C-", "|", "|", "|", "|"}));
}

// The release finds a waiter in front that is as good as gone, and leaves it to
// that one to wake the next: a turn later.
TEST_P(CoroutineLock, ACancelledWaiterInFrontWakesTheNextInItsOwnTurn) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A"));
    const auto b = create_task(hold(log, lock, "B"));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    log->push_back("cancel A, release");
    a.cancel();
    lock->release();
    co_await end;
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "cancel A, release", "|", "Ax", "|", "B+",
                       "B-", "|", "|"}));
}

TEST_P(CoroutineLock, OneWokenAndThenCancelledPassesItOn) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A"));
    const auto b = create_task(hold(log, lock, "B"));
    const auto c = create_task(hold(log, lock, "C"));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    log->push_back("release, cancel A and B");
    lock->release();
    a.cancel();
    b.cancel();
    co_await end;
    EXPECT_FALSE(lock->locked());
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "release, cancel A and B", "|", "Ax", "Bx",
                       "|", "C+", "C-", "|", "|", "|", "|"}));
}

TEST_P(CoroutineLock, ANewcomerQueuesBehindAWokenWaiter) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A", 1));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    lock->release();
    log->push_back(lock->locked() ? "locked" : "free");
    co_await lock->acquire();
    log->push_back("newcomer");
    lock->release();
    co_await end;
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "free", "|", "A+", "|", "A-", "|", "newcomer",
                       "|", "|", "|"}));
}

TEST_P(CoroutineLock, ANewcomerDoesNotWaitForThoseWhoAreCancelled) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A"));
    const auto end = create_task(ticks(log, 5));
    co_await turns(2);
    a.cancel();
    lock->release();
    co_await lock->acquire();
    log->push_back("newcomer");
    co_await end;
  };
  run(body(&log_, &lock_));
  EXPECT_EQ(log_, (Log{"|", "|", "newcomer", "|", "Ax", "|", "|"}));
}

Coroutine<> leave(Lock* lock, int way) {
  const auto held = co_await lock->scoped();
  EXPECT_TRUE(lock->locked());
  if (way == 1) {
    co_return;
  }
  if (way == 2) {
    throw std::out_of_range("on the way");
  }
  co_await turns(way);
}

// SYNC-05
TEST_P(CoroutineLock, TheScopeReleasesOnEveryWayOut) {
  constexpr auto body = [](Lock* lock) -> Coroutine<> {
    co_await leave(lock, 0);
    EXPECT_FALSE(lock->locked());
    co_await leave(lock, 1);
    EXPECT_FALSE(lock->locked());
    EXPECT_THROW(co_await leave(lock, 2), std::out_of_range);
    EXPECT_FALSE(lock->locked());
    const auto task = create_task(leave(lock, 1000));
    co_await turns(1);
    EXPECT_TRUE(lock->locked());
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_FALSE(lock->locked());
  };
  run(body(&lock_));
}

Coroutine<> acquire_twice(Lock* lock) {
  const auto held = co_await lock->scoped();
  co_await lock->acquire();
}

// SYNC-06
TEST(CoroutineLockInTime, ATaskThatAcquiresItTwiceWaitsForItself) {
  VirtualLoop v;
  Lock lock;
  constexpr auto body = [](Lock* mine) -> Coroutine<> {
    const auto task = create_task(acquire_twice(mine));
    get_running_loop().call_later(ms(1000), [task] { task.cancel(); });
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_FALSE(mine->locked());  // by the guard
  };
  loop::run(body(&lock), v.loop);
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(1000));
}

Coroutine<> release(Lock* lock) {
  lock->release();
  co_return;
}

TEST_P(CoroutineLock, AnotherTaskMayReleaseIt) {
  constexpr auto body = [](Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    co_await create_task(release(lock));
    EXPECT_FALSE(lock->locked());
  };
  run(body(&lock_));
}

TEST_P(CoroutineLock, AWaitingTaskIsShownAtTheLock) {
  constexpr auto body = [](Log* log, Lock* lock) -> Coroutine<> {
    co_await lock->acquire();
    const auto a = create_task(hold(log, lock, "A"));
    co_await turns(1);
    EXPECT_EQ(a.stack(), (Log{"hold", "lock"}));
    EXPECT_EQ(a.state(), TaskState::kWaiting);
    a.cancel();
  };
  run(body(&log_, &lock_));
}

}  // namespace
}  // namespace loop::sync
