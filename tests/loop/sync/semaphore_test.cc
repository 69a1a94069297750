// The promises of loop/sync/semaphore.h, in the order of Python 3.11.
#include "loop/sync/semaphore.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using tests::Log;
using tests::ticks;
using tests::turns;

Coroutine<> hold(Log* log, Semaphore* semaphore, std::string name,
                 int stay = 0) {
  try {
    const auto held = co_await semaphore->scoped();
    log->push_back(name + "+");
    co_await turns(stay);
    log->push_back(name + "-");
  } catch (const CancelledError&) {
    log->push_back(name + "x");
    throw;
  }
}

class CoroutineSemaphore : public tests::EveryOrder {
 protected:
  Semaphore semaphore_{0};
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineSemaphore, tests::kEveryKind,
                         tests::name_of);

// SYNC-13
TEST_P(CoroutineSemaphore, LetsSoManyIn) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    Semaphore two(2);
    const auto others = create_task(ticks(log, 1));
    co_await two.acquire();
    EXPECT_FALSE(two.locked());
    co_await two.acquire();
    EXPECT_EQ(*log, Log());  // neither has suspended
    EXPECT_TRUE(two.locked());
    const auto third = create_task(hold(log, &two, "third"));
    co_await turns(2);
    EXPECT_EQ(*log, Log{"|"});
    two.release();
    co_await third;
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"|", "third+", "third-"}));
}

// SYNC-13 SYNC-14
TEST_P(CoroutineSemaphore, ServesInTheOrderOfArrival) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    Semaphore two(2);
    const auto a = create_task(hold(log, &two, "A", 2));
    const auto b = create_task(hold(log, &two, "B", 2));
    const auto c = create_task(hold(log, &two, "C", 2));
    const auto d = create_task(hold(log, &two, "D", 2));
    co_await create_task(ticks(log, 8));
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"A+", "B+", "|", "|", "A-", "B-", "|", "C+", "D+", "|",
                       "|", "C-", "D-", "|", "|", "|"}));
}

// SYNC-15
TEST_P(CoroutineSemaphore, AReleaseWithoutWaitersRaisesTheCounter) {
  constexpr auto body = [](Semaphore* semaphore) -> Coroutine<> {
    EXPECT_TRUE(semaphore->locked());
    semaphore->release();
    EXPECT_FALSE(semaphore->locked());
    co_await semaphore->acquire();
    EXPECT_TRUE(semaphore->locked());
  };
  run(body(&semaphore_));
}

// SYNC-16
TEST_P(CoroutineSemaphore, ABoundedOneRefusesToGrow) {
  constexpr auto body = []() -> Coroutine<> {
    BoundedSemaphore one;
    EXPECT_THROW(one.release(), std::invalid_argument);
    co_await one.acquire();
    one.release();
    EXPECT_THROW(one.release(), std::invalid_argument);
    EXPECT_FALSE(one.locked());
  };
  run(body());
}

TEST_P(CoroutineSemaphore, LessThanNoPermitIsAValueError) {
  EXPECT_THROW(Semaphore(-1), std::invalid_argument);
  EXPECT_THROW(BoundedSemaphore(-1), std::invalid_argument);
}

// SYNC-17
TEST_P(CoroutineSemaphore, IsLockedWhileSomebodyIsQueuedThoughAPermitIsLeft) {
  constexpr auto body = [](Log* log, Semaphore* semaphore) -> Coroutine<> {
    const auto a = create_task(hold(log, semaphore, "A", 1));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    semaphore->release();
    semaphore->release();
    log->push_back(semaphore->locked() ? "locked" : "open");
    co_await semaphore->acquire();
    log->push_back("newcomer");
    semaphore->release();
    co_await end;
    EXPECT_FALSE(semaphore->locked());
  };
  run(body(&log_, &semaphore_));
  EXPECT_EQ(log_, (Log{"|", "|", "locked", "|", "A+", "|", "newcomer", "A-",
                       "|", "|", "|", "|"}));
}

// SYNC-17
TEST_P(CoroutineSemaphore, ANewcomerQueuesBehindAWokenWaiter) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    Semaphore one(1);
    co_await one.acquire();
    const auto a = create_task(hold(log, &one, "A"));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    one.release();
    log->push_back(one.locked() ? "locked" : "open");
    co_await one.acquire();
    log->push_back("newcomer");
    co_await end;
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"|", "|", "locked", "|", "A+", "A-", "|", "newcomer",
                       "|", "|"}));
}

TEST_P(CoroutineSemaphore, ThoseWhoAreCancelledDoNotLockIt) {
  constexpr auto body = [](Log* log, Semaphore* semaphore) -> Coroutine<> {
    const auto a = create_task(hold(log, semaphore, "A"));
    const auto end = create_task(ticks(log, 5));
    co_await turns(2);
    a.cancel();
    semaphore->release();
    log->push_back(semaphore->locked() ? "locked" : "open");
    co_await semaphore->acquire();
    log->push_back("newcomer");
    co_await end;
  };
  run(body(&log_, &semaphore_));
  EXPECT_EQ(log_, (Log{"|", "|", "open", "newcomer", "|", "Ax", "|", "|"}));
}

TEST_P(CoroutineSemaphore, OneWokenAndThenCancelledGivesThePermitOn) {
  constexpr auto body = [](Log* log, Semaphore* semaphore) -> Coroutine<> {
    const auto a = create_task(hold(log, semaphore, "A"));
    const auto b = create_task(hold(log, semaphore, "B"));
    const auto c = create_task(hold(log, semaphore, "C"));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    log->push_back("release, cancel A");
    semaphore->release();
    a.cancel();
    co_await end;
    EXPECT_FALSE(semaphore->locked());
  };
  run(body(&log_, &semaphore_));
  EXPECT_EQ(log_, (Log{"|", "|", "release, cancel A", "|", "Ax", "|", "B+",
                       "B-", "|", "C+", "C-", "|", "|", "|"}));
}

// Unlike a lock, which wakes nobody but the first.
TEST_P(CoroutineSemaphore, AReleasePassesOverACancelledWaiter) {
  constexpr auto body = [](Log* log, Semaphore* semaphore) -> Coroutine<> {
    const auto a = create_task(hold(log, semaphore, "A"));
    const auto b = create_task(hold(log, semaphore, "B"));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    log->push_back("cancel A, release");
    a.cancel();
    semaphore->release();
    co_await end;
  };
  run(body(&log_, &semaphore_));
  EXPECT_EQ(log_, (Log{"|", "|", "cancel A, release", "|", "Ax", "B+", "B-",
                       "|", "|", "|"}));
}

TEST_P(CoroutineSemaphore, APermitTooManyInAScopeIsReported) {
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    BoundedSemaphore one(1);
    {
      const auto held = co_await one.scoped();
      one.release();
    }
    EXPECT_FALSE(one.locked());
  };
  run(body());
  EXPECT_EQ(reports.messages.size(), 1u);
}

}  // namespace
}  // namespace loop::sync
