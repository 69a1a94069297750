// The promises of loop/shield.h. The logs are what Python 3.11 writes.
#include "loop/shield.h"

#include <memory>
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
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using tests::boom;
using tests::child;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::ticks;
using tests::VirtualLoop;

template <class Inner>
Coroutine<> behind_shield(Inner inner, Log* log) {
  try {
    co_await shield(std::move(inner));
  } catch (const CancelledError&) {
    log->push_back("outer cancelled");
    throw;
  }
}

class Shield : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, Shield, tests::kRealKinds, tests::name_of);

// TASK-66
TEST_P(Shield, CancellingItsAwaiterLetsTheInnerGoOn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(child(out, "inner", 20));
    const auto task = create_task(behind_shield(inner, out));
    co_await sleep(ms(10));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(co_await inner, "inner");
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"outer cancelled", "inner done"}));
}

// TASK-67
TEST_P(Shield, IsCancelledWhenTheInnerIs) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(child(out, "inner", 20));
    const auto shielded = shield(inner);
    co_await sleep(ms(10));
    inner.cancel();
    EXPECT_THROW(co_await shielded, CancelledError);
    EXPECT_TRUE(shielded.cancelled());
  };
  run(body(&log), v.loop);
}

// TASK-68
TEST_P(Shield, OfADoneFutureIsThatVeryFuture) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> done;
    done.set_result(1);
    EXPECT_EQ(shield(done), done);
    const Future<int> pending;
    EXPECT_NE(shield(pending), pending);
    co_return;
  };
  run(body(), v.loop);
}

TEST_P(Shield, PassesResultsAndErrorsOn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    EXPECT_EQ(co_await shield(child(out, "a", 10)), "a");
    EXPECT_THROW(co_await shield(boom<std::out_of_range>(out, "b", 10)),
                 std::out_of_range);
    Future<std::unique_ptr<int>> future;
    const auto shielded = shield(future);
    future.set_result(std::make_unique<int>(7));
    const auto result = co_await shielded;
    EXPECT_EQ(*result, 7);
  };
  run(body(&log), v.loop);
}

// The turn numbers are Python's.
TEST_P(Shield, PassesAResultOnOneTurnLater) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto waiter = [](Future<std::string> future,
                             Log* out) -> Coroutine<> {
    out->push_back(co_await shield(future));
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

TEST_P(Shield, AnErrorThatComesAfterItWasCancelledIsReported) {
  Reports reports;
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(
        behind_shield(boom<std::out_of_range>(out, "key", 20), out));
    co_await sleep(ms(10));
    task.cancel();
    co_await sleep(ms(20));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"outer cancelled", "raise key"}));
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(Shield, OfAFutureThatNobodyCompletesIsFreedWithItsLoop) {
  Reports reports;
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> { co_await shield(Future<int>()); };
  const auto task = v.loop.create_task(body());
  v.loop.stop();
  v.loop.run_forever();
  v.loop.close();
  EXPECT_FALSE(task.done());
}

// I1
TEST_P(Shield, CancelledAtAnyAwaitNeverCancelsTheInner) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    co_await shield(child(out, "a", 10));
    co_await shield(child(out, "b", 10));
  };
  tests::cancel_everywhere(
      GetParam(), scenario, [](const Task<void>& victim, const Log& log) {
        EXPECT_TRUE(victim.cancelled());
        for (const std::string& line : log) {
          EXPECT_EQ(line.find("cancelled"), std::string::npos) << line;
        }
      });
}

}  // namespace
}  // namespace loop
