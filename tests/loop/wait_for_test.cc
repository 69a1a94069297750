// The promises of loop/wait_for.h. The logs are what Python 3.11 writes.
#include "loop/wait_for.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/shield.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::TimeoutError;
using tests::boom;
using tests::child;
using tests::Log;
using tests::ms;
using tests::ticks;
using tests::VirtualLoop;

class WaitFor : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, WaitFor, tests::kRealKinds, tests::name_of);

// TASK-49
TEST_P(WaitFor, ReturnsTheResultIfItComesInTime) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    EXPECT_EQ(co_await wait_for(child(out, "a", 10), ms(20)), "a");
    EXPECT_EQ(co_await wait_for(child(out, "b", 10), std::nullopt), "b");
    co_await wait_for(sleep(ms(10)), ms(20));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(30));
}

// TASK-49
TEST_P(WaitFor, LetsTheErrorOfTheInnerThrough) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    EXPECT_THROW(
        co_await wait_for(boom<std::out_of_range>(out, "key", 10), ms(20)),
        std::out_of_range);
  };
  run(body(&log), v.loop);
}

TEST_P(WaitFor, HandsOverAResultThatCannotBeCopied) {
  VirtualLoop v(poller());
  constexpr auto make = []() -> Coroutine<std::unique_ptr<int>> {
    co_await sleep(ms(1));
    co_return std::make_unique<int>(7);
  };
  constexpr auto body = [](auto* inner) -> Coroutine<> {
    const auto result = co_await wait_for((*inner)(), ms(10));
    EXPECT_EQ(*result, 7);
  };
  run(body(&make), v.loop);
}

// TASK-50
TEST_P(WaitFor, WithNoTimeGivesTheResultOfAFutureThatIsDone) {
  VirtualLoop v(poller());
  constexpr auto body = [](EventLoop* loop) -> Coroutine<> {
    const Future<std::string> done;
    done.set_result("d");
    const uint64_t turn = loop->turns();
    EXPECT_EQ(co_await wait_for(done, ms(0)), "d");
    EXPECT_EQ(co_await wait_for(done, ms(-1)), "d");
    EXPECT_EQ(loop->turns(), turn);
  };
  run(body(&v.loop), v.loop);
}

Coroutine<> note_timeout(Log* log) {
  try {
    co_await wait_for(child(log, "never", 0), ms(0));
  } catch (const TimeoutError&) {
    log->push_back("timeout");
  }
}

// TASK-50
TEST_P(WaitFor, WithNoTimeNeverBeginsACoroutine) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    create_task(note_timeout(out));
    co_await sleep(ms(0));
    co_await ticks(out, 4);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"tick 0", "tick 1", "tick 2", "timeout", "tick 3"}));
}

// TASK-51
TEST_P(WaitFor, CancelsTheInnerWhenTimeIsUp) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(child(out, "inner", 1000));
    try {
      co_await wait_for(inner, ms(10));
    } catch (const TimeoutError& error) {
      out->push_back(error.what());
      EXPECT_THROW(std::rethrow_if_nested(error), CancelledError);
    }
    EXPECT_TRUE(inner.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"inner cancelled", "timed out"}));
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(10));
}

// A gather whose child was cancelled is not cancelled itself.
TEST_P(WaitFor, OfAGatherTimesOutAsOfAnythingElse) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    try {
      co_await wait_for(gather(sleep(ms(1000))), ms(10));
      ADD_FAILURE() << "it came to an end";
    } catch (const TimeoutError& error) {
      EXPECT_THROW(std::rethrow_if_nested(error), CancelledError);
    }
  };
  run(body(), v.loop);
}

// Cleans up for 10 ms when it is cancelled, and then answers.
template <class Answer>
Coroutine<std::string> slow_to_end(Log* log, Answer answer) {
  bool cancelled = false;
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    cancelled = true;
  }
  log->push_back("cleaning");
  if (cancelled) {
    co_await sleep(ms(10));
  }
  log->push_back("clean");
  co_return answer();
}

std::string late() {
  return "late";
}
std::string key_error() {
  throw std::out_of_range("key");
}

// TASK-52
TEST_P(WaitFor, ReturnsTheLateValueOfAnInnerThatSwallowsItsCancellation) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    out->push_back(co_await wait_for(slow_to_end(out, late), ms(10)));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"cleaning", "clean", "late"}));
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(20));
}

// TASK-53
TEST_P(WaitFor, LetsTheErrorThroughThatAnswersTheCancellation) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    EXPECT_THROW(co_await wait_for(slow_to_end(out, key_error), ms(10)),
                 std::out_of_range);
  };
  run(body(&log), v.loop);
}

template <class Inner>
Coroutine<> outer(Log* log, Inner inner) {
  try {
    co_await wait_for(std::move(inner), ms(10'000));
  } catch (const CancelledError&) {
    log->push_back("outer");
    throw;
  }
}

// TASK-54
TEST_P(WaitFor, CancelledItselfCancelsTheInnerAndWaitsForIt) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(outer(out, child(out, "inner", 1000)));
    co_await sleep(ms(10));
    task.cancel();
    co_await ticks(out, 6);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"tick 0", "tick 1", "inner cancelled", "tick 2", "tick 3",
                      "outer", "tick 4", "tick 5"}));
}

// I1
TEST_P(WaitFor, CancelledASecondTimeDoesNotWaitForTheInner) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(outer(out, slow_to_end(out, late)));
    co_await sleep(ms(10));
    task.cancel();
    co_await sleep(ms(5));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    co_await sleep(ms(10));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"cleaning", "outer", "clean"}));
}

// I3, as Python 3.11 does.
TEST_P(WaitFor, PrefersAResultToACancellationOfTheSameTurn) {
  VirtualLoop v(poller());
  constexpr auto wait_for_it = [](Future<int> future) -> Coroutine<int> {
    co_return co_await wait_for(future, ms(1000));
  };
  constexpr auto body = [](auto* waiter) -> Coroutine<> {
    const Future<int> future;
    const auto task = create_task((*waiter)(future));
    co_await sleep(ms(10));
    future.set_result(7);
    task.cancel();
    EXPECT_EQ(co_await task, 7);
    EXPECT_FALSE(task.cancelled());
  };
  run(body(&wait_for_it), v.loop);
}

// TASK-55
TEST_P(WaitFor, AroundAShieldDoesNotCancelTheInner) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(child(out, "inner", 20));
    EXPECT_THROW(co_await wait_for(shield(inner), ms(10)), TimeoutError);
    out->push_back("timeout");
    EXPECT_EQ(co_await inner, "inner");
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"timeout", "inner done"}));
}

// TASK-56
TEST_P(WaitFor, LeavesNoTimerBehindWhenTheInnerIsInTime) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    co_await wait_for(child(out, "a", 10), ms(1000));
    EXPECT_EQ(get_running_loop().timers(), 0u);
  };
  run(body(&log), v.loop);
}

// The turn numbers are Python's.
TEST_P(WaitFor, GoesOnOneTurnAfterThoseWhoAwaitTheFutureItself) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto waiter = [](Future<std::string> future,
                             Log* out) -> Coroutine<> {
    out->push_back(co_await wait_for(future, ms(1000)));
  };
  constexpr auto body = [](auto* wait_for_it, Log* out) -> Coroutine<> {
    const Future<std::string> future;
    create_task((*wait_for_it)(future, out));
    co_await sleep(ms(0));
    future.set_result("result");
    co_await ticks(out, 4);
  };
  run(body(&waiter, &log), v.loop);
  EXPECT_EQ(log, (Log{"tick 0", "tick 1", "result", "tick 2", "tick 3"}));
}

// I1, I4
TEST_P(WaitFor, CancelledAtAnyAwaitLeavesNothingRunning) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    co_await wait_for(child(out, "a", 10), ms(20));
    out->push_back("b begins");
    try {
      co_await wait_for(child(out, "b", 100), ms(20));
    } catch (const TimeoutError&) {
    }
    try {
      co_await wait_for(child(out, "c", 100), ms(0));
    } catch (const TimeoutError&) {
    }
    co_await wait_for(child(out, "d", 0), ms(10));
    co_await sleep(ms(1));
  };
  tests::cancel_everywhere(
      GetParam(), scenario, [](const Task<void>& victim, const Log& log) {
        EXPECT_TRUE(victim.done());
        EXPECT_TRUE(all_tasks(victim.slot().core()).empty());
        if (std::count(log.begin(), log.end(), "a done") == 0 && !log.empty()) {
          EXPECT_EQ(log, Log{"a cancelled"});
        }
      });
}

}  // namespace
}  // namespace loop
