// The promises of loop/wait.h.
#include "loop/wait.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/report.h"
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
using tests::ticks;
using tests::VirtualLoop;

using Words = std::vector<Task<std::string>>;

Words three_children(Log* log) {
  Words words;
  words.push_back(create_task(child(log, "a", 30)));
  words.push_back(create_task(child(log, "b", 10)));
  words.push_back(create_task(child(log, "c", 20)));
  return words;
}

class Wait : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, Wait, tests::kRealKinds, tests::name_of);

// TASK-42
TEST_P(Wait, FirstCompletedReturnsWithTheFirstAndLeavesTheRest) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const Words all = three_children(out);
    const auto result =
        co_await wait(all, std::nullopt, ReturnWhen::kFirstCompleted);
    EXPECT_EQ(result.done, Words{all[1]});
    EXPECT_EQ(result.pending, (Words{all[0], all[2]}));
    out->push_back("waited");
    co_await sleep(ms(100));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"b done", "waited", "c done", "a done"}));
}

// TASK-43
TEST_P(Wait, FirstExceptionReturnsWithTheFirstThatFailed) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    std::vector<AnyTask> all;
    all.push_back(create_task(child(out, "a", 10)).any());
    all.push_back(create_task(boom<std::out_of_range>(out, "b", 20)).any());
    all.push_back(create_task(child(out, "c", 30)).any());
    const auto result =
        co_await wait(all, std::nullopt, ReturnWhen::kFirstException);
    EXPECT_EQ(result.done, (std::vector<AnyTask>{all[0], all[1]}));
    EXPECT_EQ(result.pending, std::vector<AnyTask>{all[2]});
  };
  run(body(&log), v.loop);
}

// TASK-43
TEST_P(Wait, FirstExceptionWaitsForAllIfNoneFails) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Words all = three_children(out);
    all[1].cancel();  // is no failure
    const auto result =
        co_await wait(all, std::nullopt, ReturnWhen::kFirstException);
    EXPECT_EQ(result.done, all);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"c done", "a done"}));
}

// TASK-44
TEST_P(Wait, AllCompletedNeverThrowsWhatTheChildrenFailedWith) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    std::vector<AnyTask> all;
    all.push_back(create_task(boom<std::out_of_range>(out, "b", 10)).any());
    all.push_back(create_task(child(out, "a", 20)).any());
    const auto result = co_await wait(all);
    EXPECT_EQ(result.done, all);
    EXPECT_TRUE(result.pending.empty());
    EXPECT_EQ(describe(all[0].exception()), "std::out_of_range: b");
  };
  run(body(&log), v.loop);
}

// TASK-45
TEST_P(Wait, ReturnsWhatIsDoneWhenTimeIsUpAndCancelsNobody) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const Words all = three_children(out);
    const auto early = co_await wait(all, ms(5));
    EXPECT_TRUE(early.done.empty());
    EXPECT_EQ(early.pending, all);
    const auto later = co_await wait(all, ms(10));
    EXPECT_EQ(later.done, Words{all[1]});
    co_await wait(all);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"b done", "c done", "a done"}));
}

// TASK-45
TEST_P(Wait, WithATimeoutOfZeroReturnsInTheTurnAfterTheNext) {
  VirtualLoop v(poller());
  constexpr auto body = [](EventLoop* loop) -> Coroutine<> {
    const Future<void> never;
    const uint64_t turn = loop->turns();
    const auto result =
        co_await wait(std::vector<Future<void>>(1, never), ms(0));
    EXPECT_EQ(result.pending.size(), 1u);
    EXPECT_EQ(loop->turns(), turn + 2);  // the timer's, and its own
  };
  run(body(&v.loop), v.loop);
}

// TASK-46
TEST_P(Wait, CancelledItselfDoesNotCancelTheChildren) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto waiter = [](Task<std::string> task, Log* out) -> Coroutine<> {
    try {
      co_await wait(Words(1, task));
    } catch (const CancelledError&) {
      out->push_back("waiter cancelled");
      throw;
    }
  };
  constexpr auto body = [](auto* wait_for_it, Log* out) -> Coroutine<> {
    const auto inner = create_task(child(out, "child", 20));
    const auto task = create_task((*wait_for_it)(inner, out));
    co_await sleep(ms(10));
    task.cancel();
    try {
      co_await task;
    } catch (const CancelledError&) {
      out->push_back("main saw");
    }
    out->push_back(co_await inner);
  };
  run(body(&waiter, &log), v.loop);
  EXPECT_EQ(log, (Log{"waiter cancelled", "main saw", "child done", "child"}));
}

// TASK-47: an unknown mode is no value of ReturnWhen, and a coroutine has no
// slot: neither compiles.
template <class F>
constexpr bool kCanWait = requires(std::vector<F> all) {
  wait(std::move(all));
};
static_assert(kCanWait<Future<int>> && kCanWait<Task<void>> &&
              kCanWait<AnyTask>);
static_assert(!kCanWait<Coroutine<int>>);

// TASK-47
TEST_P(Wait, ForNothingIsAValueError) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(co_await wait(Words()), std::invalid_argument);
  };
  run(body(), v.loop);
}

// I1
TEST_P(Wait, CountsAFutureThatIsGivenTwiceOnce) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const Words all = three_children(out);
    const Words doubled = {all[2], all[1], all[2]};
    const auto result = co_await wait(doubled);
    EXPECT_EQ(result.done, (Words{all[2], all[1]}));
  };
  run(body(&log), v.loop);
}

// The turn numbers are Python's.
TEST_P(Wait, GoesOnOneTurnAfterThoseWhoAwaitTheFutureItself) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto waiter = [](Future<int> future, Log* out) -> Coroutine<> {
    co_await wait(std::vector<Future<int>>(1, future));
    out->push_back("waited");
  };
  constexpr auto direct = [](Future<int> future, Log* out) -> Coroutine<> {
    co_await future;
    out->push_back("direct");
  };
  constexpr auto body = [](auto* first, auto* second, Log* out) -> Coroutine<> {
    const Future<int> future;
    create_task((*first)(future, out));
    create_task((*second)(future, out));
    co_await sleep(ms(0));
    future.set_result(1);
    co_await ticks(out, 4);
  };
  run(body(&waiter, &direct, &log), v.loop);
  EXPECT_EQ(log,
            (Log{"tick 0", "direct", "tick 1", "waited", "tick 2", "tick 3"}));
}

// I2
TEST_P(Wait, CancelledAtAnyAwaitLeavesTheChildrenToTheirWork) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    const Words all = three_children(out);
    co_await wait(all, ms(50), ReturnWhen::kFirstCompleted);
    co_await wait(all, ms(50));
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
