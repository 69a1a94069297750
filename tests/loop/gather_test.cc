// The promises of loop/gather.h.
#include "loop/gather.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::InvalidStateError;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

Coroutine<std::string> say(std::string word, int after_ms) {
  co_await sleep(ms(after_ms));
  co_return word;
}

Coroutine<std::string> fail(std::string text, int after_ms) {
  co_await sleep(ms(after_ms));
  throw std::out_of_range(text);
}

class Gather : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, Gather, tests::kRealKinds, tests::name_of);

// TASK-33 C-090
TEST_P(Gather, ResultsStandInTheOrderOfTheArguments) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto all = co_await gather(say("a", 30), say("b", 10), say("c", 20));
    EXPECT_EQ(all, std::make_tuple("a", "b", "c"));
  };
  run(body(), v.loop);
  EXPECT_EQ(v.clock.now().time_since_epoch(), ms(30));  // side by side
}

// TASK-33
TEST_P(Gather, TakesAVectorOfAnyLength) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<std::vector<std::string>> {
    std::vector<Coroutine<std::string>> words;
    for (int i = 0; i < 5; ++i) {
      words.push_back(say(std::to_string(i), 10 - i));
    }
    co_return co_await gather(std::move(words));
  };
  EXPECT_EQ(run(body(), v.loop), (Log{"0", "1", "2", "3", "4"}));
}

TEST_P(Gather, TakesFuturesTasksCoroutinesAndSleepsTogether) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Future<int> future;
    future.set_result(1);
    const auto task = create_task(say("t", 1));
    auto [one, text, nothing, moved] = co_await gather(
        future, task, sleep(ms(5)), []() -> Coroutine<std::unique_ptr<int>> {
          co_return std::make_unique<int>(3);
        }());
    EXPECT_EQ(one, 1);
    EXPECT_EQ(text, "t");
    EXPECT_EQ(nothing, std::monostate());
    EXPECT_EQ(*moved, 3);
  };
  run(body(), v.loop);
}

// TASK-34
TEST_P(Gather, WithReturnExceptionsErrorsTakeTheirPlaces) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto [a, b] =
        co_await gather(return_exceptions, say("a", 2), fail("key", 1));
    EXPECT_EQ(a.value(), "a");
    EXPECT_EQ(describe(b.error()), "std::out_of_range: key");
    EXPECT_THROW(b.value(), std::out_of_range);
  };
  run(body(), v.loop);
}

// TASK-35
TEST_P(Gather, OfNothingIsDoneAtOnce) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto all = gather(std::vector<Coroutine<int>>());
    EXPECT_TRUE(all.done());
    EXPECT_EQ(all.result(), std::vector<int>());
    EXPECT_TRUE(gather().done());
    co_return;
  };
  run(body(), v.loop);
}

Coroutine<> finish_later(Log* log) {
  co_await sleep(ms(20));
  log->push_back("slow child finished");
}

// TASK-36
TEST_P(Gather, TheFirstErrorLeavesAtOnceAndTheOthersRunOn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    try {
      co_await gather(finish_later(out), fail("key", 10));
    } catch (const std::out_of_range&) {
      out->push_back("error");
    }
    co_await sleep(ms(30));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"error", "slow child finished"}));
}

// TASK-37
TEST_P(Gather, ErrorsAfterTheFirstAreDroppedSilently) {
  Reports reports;
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(co_await gather(fail("first", 1), fail("second", 2)),
                 std::out_of_range);
    co_await sleep(ms(10));
  };
  run(body(), v.loop);
  EXPECT_EQ(reports.messages, Log());
}

Coroutine<int> count_runs(int* runs) {
  ++*runs;
  co_return 5;
}

// TASK-38: a coroutine is moved in and so can stand in one place only; what
// can be given twice is a future.
TEST_P(Gather, TheSameTaskTwiceRunsOnceAndFillsBothPlaces) {
  int runs = 0;
  VirtualLoop v(poller());
  constexpr auto body = [](int* count) -> Coroutine<> {
    const auto task = create_task(count_runs(count));
    const auto both = co_await gather(task, task);
    EXPECT_EQ(both, std::make_tuple(5, 5));
  };
  run(body(&runs), v.loop);
  EXPECT_EQ(runs, 1);
}

// TASK-39
TEST_P(Gather, AChildCancelledByItselfRaisesButDoesNotCancelTheGather) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto doomed = create_task(say("never", 1000));
    const auto sibling = create_task(say("sibling", 10));
    const auto all = gather(doomed, sibling);
    co_await sleep(ms(0));
    doomed.cancel();
    EXPECT_THROW(co_await all, CancelledError);
    EXPECT_FALSE(all.cancelled());
    EXPECT_EQ(co_await sibling, "sibling");
  };
  run(body(), v.loop);
}

// TASK-40
TEST_P(Gather, OfDoneFuturesTakesATurn) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Future<int> future;
    future.set_result(1);
    const auto all = gather(future);
    EXPECT_FALSE(all.done());
    co_await sleep(ms(0));
    EXPECT_TRUE(all.done());
  };
  run(body(), v.loop);
}

Coroutine<> tell_cancelled(Log* log, std::string name) {
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    log->push_back(name);
    throw;
  }
}

Coroutine<> await_gather(Log* log) {
  try {
    co_await gather(tell_cancelled(log, "a"), tell_cancelled(log, "b"));
  } catch (const CancelledError&) {
    log->push_back("awaiter");
    throw;
  }
}

// TASK-41
TEST_P(Gather, CancellingItsAwaiterCancelsAllChildren) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(await_gather(out));
    co_await sleep(ms(1));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"a", "b", "awaiter"}));
}

// Nobody would ever complete it: closing the loop must still free it all.
TEST_P(Gather, OfAFutureThatNobodyCompletesIsFreedWithItsLoop) {
  Reports reports;
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> { co_await gather(Future<int>()); };
  const auto task = v.loop.create_task(body());
  v.loop.stop();
  v.loop.run_forever();
  v.loop.close();
  EXPECT_FALSE(task.done());
}

TEST_P(Gather, ATaskThatGathersTheOneThatWaitsForItCanBeCancelled) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    std::optional<Task<void>> a, b;
    constexpr auto gather_it =
        [](std::optional<Task<void>>* other) -> Coroutine<> {
      co_await gather(**other);
    };
    constexpr auto wait_for =
        [](std::optional<Task<void>>* other) -> Coroutine<> {
      co_await **other;
    };
    a = create_task(gather_it(&b));
    b = create_task(wait_for(&a));
    co_await sleep(ms(1));
    EXPECT_TRUE(a->cancel());
    EXPECT_THROW(co_await *b, CancelledError);
    EXPECT_TRUE(a->cancelled());
  };
  run(body(), v.loop);
}

TEST_P(Gather, AResultThatCannotBeHadTwiceIsAnErrorNotAWaitForEver) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<std::unique_ptr<int>> future;
    future.set_result(std::make_unique<int>(7));
    EXPECT_THROW(co_await gather(future, future), InvalidStateError);
  };
  run(body(), v.loop);
}

}  // namespace
}  // namespace loop
