// The promises of loop/sync/condition.h, in the order of Python 3.11.
#include "loop/sync/condition.h"

#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/sync/lock.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using tests::Log;
using tests::Reports;
using tests::ticks;
using tests::turns;
using tests::VirtualLoop;

Coroutine<> wait(Log* log, Condition* condition, std::string name,
                 int stay = 0) {
  const auto held = co_await condition->scoped();
  log->push_back(name + " waits");
  try {
    co_await condition->wait();
  } catch (const CancelledError&) {
    log->push_back(name + (condition->locked() ? "x locked" : "x free"));
    throw;
  }
  log->push_back(name + " goes on");
  co_await turns(stay);
}

class CoroutineCondition : public tests::EveryOrder {
 protected:
  Condition condition_;
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineCondition, tests::kEveryKind,
                         tests::name_of);

// SYNC-09
TEST_P(CoroutineCondition, WaitReleasesTheLockAndOwnsItAgainWhenItReturns) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A", 2));
    co_await turns(1);
    EXPECT_FALSE(condition->locked());
    co_await condition->acquire();
    condition->notify();
    condition->release();
    co_await turns(2);
    EXPECT_EQ(*log, (Log{"A waits", "A goes on"}));
    EXPECT_TRUE(condition->locked());
    co_await a;
    EXPECT_FALSE(condition->locked());
  };
  run(body(&log_, &condition_));
}

// SYNC-10 SYNC-11
TEST_P(CoroutineCondition, NotifiedOnesGoOnInTurnOnceTheLockIsReleased) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A", 1));
    const auto b = create_task(wait(log, condition, "B", 1));
    const auto c = create_task(wait(log, condition, "C", 1));
    const auto end = create_task(ticks(log, 14));
    co_await turns(2);
    {
      const auto held = co_await condition->scoped();
      condition->notify(2);
      log->push_back("notified");
      co_await turns(2);
      log->push_back("still holds");
    }
    co_await turns(6);
    {
      const auto held = co_await condition->scoped();
      condition->notify_all();
      log->push_back("notified all");
    }
    co_await end;
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "B waits",   "C waits",
                       "|",       "|",         "notified",
                       "|",       "|",         "still holds",
                       "|",       "A goes on", "|",
                       "|",       "B goes on", "|",
                       "|",       "|",         "notified all",
                       "|",       "C goes on", "|",
                       "|",       "|"}));
}

Coroutine<> hold(Log* log, Condition* condition) {
  const auto held = co_await condition->scoped();
  log->push_back("L holds");
}

TEST_P(CoroutineCondition, ANotifiedOneQueuesBehindThoseWhoWantTheLock) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A"));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    co_await condition->acquire();
    const auto l = create_task(hold(log, condition));
    co_await turns(1);
    condition->notify();
    log->push_back("notified");
    condition->release();
    co_await end;
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "|", "|", "|", "notified", "|", "L holds",
                       "|", "A goes on", "|", "|", "|"}));
}

Coroutine<> wait_for_it(Log* log, Condition* condition, const int* value) {
  const auto held = co_await condition->scoped();
  const auto look = [log, value] {
    log->push_back("look " + std::to_string(*value));
    return *value;
  };
  for (int i = 0; i < 2; ++i) {  // the second time it need not wait
    log->push_back("got " + std::to_string(co_await condition->wait_for(look)));
  }
}

// SYNC-12
TEST_P(CoroutineCondition, WaitForLooksAfterEveryWakeUpAndGivesTheValue) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    int value = 0;
    const auto a = create_task(wait_for_it(log, condition, &value));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    {
      const auto held = co_await condition->scoped();
      condition->notify();
    }
    co_await turns(3);
    {
      const auto held = co_await condition->scoped();
      value = 42;
      condition->notify();
    }
    co_await end;
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"look 0", "|", "|", "|", "look 0", "|", "|", "|",
                       "look 42", "got 42", "look 42", "got 42", "|", "|"}));
}

TEST_P(CoroutineCondition, ACancelledWaitThrowsOnceItHasTheLockAgain) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A"));
    const auto end = create_task(ticks(log, 8));
    co_await turns(2);
    co_await condition->acquire();
    a.cancel();
    log->push_back("cancel");
    co_await turns(2);
    log->push_back("release");
    condition->release();
    co_await end;
    EXPECT_TRUE(a.cancelled());
    EXPECT_FALSE(condition->locked());
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "|", "|", "cancel", "|", "|", "release", "|",
                       "Ax locked", "|", "|", "|"}));
}

TEST_P(CoroutineCondition, OneWhoWaitsForTheLockStillGetsItIfCancelledTwice) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A"));
    const auto end = create_task(ticks(log, 10));
    co_await turns(2);
    co_await condition->acquire();
    condition->notify();
    for (int i = 0; i < 2; ++i) {
      co_await turns(2);
      a.cancel();
      log->push_back("cancel");
    }
    co_await turns(2);
    log->push_back("release");
    condition->release();
    co_await end;
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "|", "|", "|", "|", "cancel", "|", "|",
                       "cancel", "|", "|", "release", "|", "Ax locked", "|"}));
}

// Python 3.11 would leave B waiting.
TEST_P(CoroutineCondition, OneNotifiedAndThenCancelledPassesItOn) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A"));
    const auto b = create_task(wait(log, condition, "B"));
    const auto end = create_task(ticks(log, 7));
    co_await turns(2);
    {
      const auto held = co_await condition->scoped();
      condition->notify();
      a.cancel();
      log->push_back("notify, cancel A");
    }
    co_await end;
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "B waits", "|", "|", "notify, cancel A", "|",
                       "Ax locked", "|", "B goes on", "|", "|", "|"}));
}

TEST_P(CoroutineCondition, OneCancelledBeforeTheNotificationLeavesItToTheNext) {
  constexpr auto body = [](Log* log, Condition* condition) -> Coroutine<> {
    const auto a = create_task(wait(log, condition, "A"));
    const auto b = create_task(wait(log, condition, "B"));
    const auto c = create_task(wait(log, condition, "C"));
    co_await turns(2);
    {
      const auto held = co_await condition->scoped();
      a.cancel();
      condition->notify();
    }
    co_await turns(5);
    EXPECT_FALSE(c.done());  // one notification, one that goes on
    c.cancel();
  };
  run(body(&log_, &condition_));
  EXPECT_EQ(log_, (Log{"A waits", "B waits", "C waits", "Ax locked",
                       "B goes on", "Cx locked"}));
}

TEST_P(CoroutineCondition, WithoutTheLockItIsARuntimeError) {
  constexpr auto body = [](Condition* condition) -> Coroutine<> {
    EXPECT_THROW(condition->notify(), std::runtime_error);
    EXPECT_THROW(condition->notify_all(), std::runtime_error);
    EXPECT_THROW(co_await condition->wait(), std::runtime_error);
  };
  run(body(&condition_));
}

TEST_P(CoroutineCondition, SeveralShareALock) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    Lock lock;
    Condition full(lock);
    Condition empty(lock);
    const auto a = create_task(wait(log, &full, "A"));
    const auto b = create_task(wait(log, &empty, "B"));
    co_await turns(1);
    {
      const auto held = co_await lock.scoped();
      EXPECT_TRUE(full.locked() && empty.locked());
      empty.notify_all();
    }
    co_await turns(3);
    EXPECT_TRUE(b.done() && !a.done());
    a.cancel();
    co_await turns(3);
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"A waits", "B waits", "B goes on", "Ax locked"}));
}

// Its guard then finds the lock free.
TEST(CoroutineConditionAtTheEnd, ALoopMayCloseInTheMiddleOfAWait) {
  Reports reports;
  Log log;
  Condition condition;
  std::optional<VirtualLoop> v(std::in_place);
  v->loop.create_task(wait(&log, &condition, "A"));
  v->loop.stop();
  v->loop.run_forever();
  v.reset();
  EXPECT_FALSE(condition.locked());
  EXPECT_EQ(reports.messages.size(), 1u);  // destroyed but pending
}

}  // namespace
}  // namespace loop::sync
