// The promises of loop/timeout.h. The logs are what Python 3.11 writes.
#include "loop/timeout.h"

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::TimeoutError;
using tests::child;
using tests::Log;
using tests::ms;
using tests::VirtualLoop;

class ATimeout : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, ATimeout, tests::kRealKinds, tests::name_of);

// TASK-57
TEST_P(ATimeout, ABodyThatOverrunsIsCancelledAndATimeoutErrorComesOut) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Timeout limit = timeout(ms(10));
    try {
      co_await limit.run([&]() -> Coroutine<> {
        co_await child(out, "first", 5);
        co_await child(out, "second", 100);
      });
    } catch (const TimeoutError& error) {
      out->push_back(error.what());
      EXPECT_THROW(std::rethrow_if_nested(error), CancelledError);
    }
    EXPECT_TRUE(limit.expired());
    EXPECT_EQ(current_task()->cancelling(), 0u);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"first done", "second cancelled", "timed out"}));
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(10));
}

// TASK-58
TEST_P(ATimeout, ABodyThatEndsInTimeLeavesNoTimerAndNoCancellation) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Timeout limit = timeout(ms(20));
    const std::string result = co_await limit.run(
        [&]() -> Coroutine<std::string> { return child(out, "a", 10); });
    EXPECT_EQ(result, "a");
    EXPECT_FALSE(limit.expired());
    EXPECT_EQ(get_running_loop().timers(), 0u);
    co_await sleep(ms(50));
    EXPECT_EQ(current_task()->cancelling(), 0u);
  };
  run(body(&log), v.loop);
}

// TASK-59
TEST_P(ATimeout, ABodyThatSwallowsItsCancellationEndsWithoutAnError) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Timeout limit = timeout(ms(10));
    co_await limit.run([&]() -> Coroutine<> {
      try {
        co_await sleep(ms(1000));
      } catch (const CancelledError&) {
        out->push_back("swallowed");
      }
    });
    EXPECT_TRUE(limit.expired());
    EXPECT_EQ(current_task()->cancelling(), 0u);
    co_await sleep(ms(10));
    out->push_back("undisturbed");
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"swallowed", "undisturbed"}));
}

// TASK-60
TEST_P(ATimeout, AnErrorThatReplacesTheCancellationComesOut) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Timeout limit = timeout(ms(10));
    EXPECT_THROW(co_await limit.run([&]() -> Coroutine<> {
      try {
        co_await sleep(ms(1000));
      } catch (const CancelledError&) {
        throw std::out_of_range("key");
      }
    }),
                 std::out_of_range);
    EXPECT_TRUE(limit.expired());
  };
  run(body(), v.loop);
}

// Sleeps for a second with 10 ms to do it.
Coroutine<> limited(Log* log) {
  Timeout limit = timeout(ms(10));
  std::exception_ptr error;
  try {
    co_await limit.run([&]() -> Coroutine<> { co_await sleep(ms(1000)); });
  } catch (const CancelledError&) {
    log->push_back("cancelled");
    error = std::current_exception();
  } catch (const TimeoutError&) {
    log->push_back("timed out");
    error = std::current_exception();
  }
  log->push_back(limit.expired() ? "expired" : "not expired");
  std::rethrow_exception(error);
}

// TASK-61
TEST_P(ATimeout, ACancellationFromOutsideStaysOne) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(limited(out));
    co_await sleep(ms(5));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"cancelled", "not expired"}));
}

// TASK-62
TEST_P(ATimeout, ACancellationBeforeTheTimerHadItsTurnStaysOne) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](VirtualLoop* world, Log* out) -> Coroutine<> {
    const auto task = create_task(limited(out));
    co_await sleep(ms(0));
    world->clock.advance(ms(20));  // blocks past the deadline
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&v, &log), v.loop);
  EXPECT_EQ(log, (Log{"cancelled", "not expired"}));
}

// I1. Two requests, and one of them is not its own.
TEST_P(ATimeout, ACancellationRightAfterItsOwnIsNotConverted) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](VirtualLoop* world, Log* out) -> Coroutine<> {
    const auto task = create_task(limited(out));
    co_await sleep(ms(0));
    get_running_loop().call_later(ms(10), [&] { task.cancel(); });
    world->clock.advance(ms(20));
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&v, &log), v.loop);
  EXPECT_EQ(log, (Log{"cancelled", "expired"}));
}

Coroutine<> nested(Log* log, int outer_ms, int inner_ms) {
  Timeout outer = timeout(ms(outer_ms));
  Timeout inner = timeout(ms(inner_ms));
  try {
    co_await outer.run([&]() -> Coroutine<> {
      try {
        co_await inner.run([&]() -> Coroutine<> { co_await sleep(ms(1000)); });
      } catch (const CancelledError&) {
        log->push_back("inner cancelled");
        throw;
      }
    });
  } catch (const TimeoutError&) {
    log->push_back("outer timed out");
  }
  log->push_back(inner.expired() ? "both expired" : "inner not expired");
  EXPECT_TRUE(outer.expired());
  EXPECT_EQ(current_task()->cancelling(), 0u);
}

// TASK-63
TEST_P(ATimeout, AShorterOneOutsidePassesTheInnerUnconverted) {
  Log log;
  VirtualLoop v(poller());
  run(nested(&log, 10, 20), v.loop);
  EXPECT_EQ(log,
            (Log{"inner cancelled", "outer timed out", "inner not expired"}));
}

// TASK-63
TEST_P(ATimeout, OfTwoThatExpireInOneTurnTheOuterConverts) {
  Log log;
  VirtualLoop v(poller());
  run(nested(&log, 10, 10), v.loop);
  EXPECT_EQ(log, (Log{"inner cancelled", "outer timed out", "both expired"}));
}

// TASK-64
TEST_P(ATimeout, CanBeMovedAndRemovedFromInside) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Timeout limit = timeout(ms(10));
    co_await limit.run([&]() -> Coroutine<> {
      limit.reschedule(*limit.when() + ms(20));
      co_await sleep(ms(25));
      limit.reschedule(std::nullopt);
      EXPECT_FALSE(limit.when().has_value());
      co_await sleep(ms(1000));
    });
    EXPECT_FALSE(limit.expired());

    Timeout never = timeout(std::nullopt);
    EXPECT_THROW(co_await never.run([&]() -> Coroutine<> {
      never.reschedule(get_running_loop().time() + ms(10));
      co_await sleep(ms(1000));
    }),
                 TimeoutError);
  };
  run(body(), v.loop);
}

// TASK-64
TEST_P(ATimeout, CannotBeMovedFromOutside) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Timeout limit = timeout(ms(10));
    EXPECT_THROW(limit.reschedule(std::nullopt), std::runtime_error);
    co_await limit.run([&]() -> Coroutine<> { co_return; });
    EXPECT_THROW(limit.reschedule(std::nullopt), std::runtime_error);
    EXPECT_THROW(co_await limit.run([&]() -> Coroutine<> { co_return; }),
                 std::runtime_error);
  };
  run(body(), v.loop);
}

TEST_P(ATimeout, AtAGivenTimeIsTheSame) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const scheduler::TimePoint when = get_running_loop().time() + ms(10);
    Timeout limit = timeout_at(when);
    EXPECT_EQ(limit.when(), when);
    EXPECT_THROW(
        co_await limit.run([&]() -> Coroutine<> { co_await sleep(ms(1000)); }),
        TimeoutError);
    EXPECT_EQ(get_running_loop().time(), when);
  };
  run(body(), v.loop);
}

TEST_P(ATimeout, OfZeroExpiresAtTheFirstRealAwait) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Timeout none = timeout(ms(0));
    EXPECT_THROW(co_await none.run([&]() -> Coroutine<> {
      out->push_back("in");
      co_await sleep(ms(0));
      out->push_back("not here");
    }),
                 TimeoutError);
    Timeout past = timeout(ms(-1));
    co_await past.run([&]() -> Coroutine<> {
      out->push_back("no await");
      co_return;
    });
    EXPECT_FALSE(past.expired());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"in", "no await"}));
}

// TASK-65: run() is awaited in a task or not at all, since only a coroutine
// can await and only tasks run coroutines. What is left is a place without a
// loop.
TEST_P(ATimeout, WithoutALoopIsARuntimeError) {
  EXPECT_THROW(timeout(ms(10)), std::runtime_error);
}

// I2
TEST_P(ATimeout, CancelledAtAnyAwaitLeavesNothingBehind) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    Timeout limit = timeout(ms(30));
    co_await limit.run([&]() -> Coroutine<> {
      co_await child(out, "a", 10);
      Timeout shorter = timeout(ms(10));
      try {
        co_await shorter.run(
            [&]() -> Coroutine<> { co_await child(out, "b", 1000); });
      } catch (const TimeoutError&) {
      }
      co_await sleep(ms(0));
    });
    co_await sleep(ms(1));
  };
  tests::cancel_everywhere(GetParam(), scenario,
                           [](const Task<void>& victim, const Log&) {
                             EXPECT_TRUE(victim.cancelled());
                             EXPECT_EQ(victim.cancelling(), 1u);
                           });
}

}  // namespace
}  // namespace loop
