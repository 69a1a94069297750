// The promises of loop/task.h.
#include "loop/task.h"

#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/errors.h"
#include "scheduler/task_state.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::Duration;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

constexpr Duration kYield = Duration::zero();

Coroutine<> write(Log* log, std::string word) {
  log->push_back(std::move(word));
  co_return;
}

class ATask : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, ATask, tests::kRealKinds, tests::name_of);

// TASK-01
TEST_P(ATask, CreatingOneRunsNoneOfItUntilItsCreatorSuspends) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    create_task(write(out, "task"));
    out->push_back("after create");
    co_await sleep(kYield);
    out->push_back("after sleep0");
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"after create", "task", "after sleep0"}));
}

// TASK-02
TEST_P(ATask, AwaitingACoroutineRunsItAtOnceBeforeOtherReadyTasks) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(write(out, "task"));
    co_await write(out, "direct");
    out->push_back("after direct");
    co_await task;
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"direct", "after direct", "task"}));
}

// TASK-03
TEST_P(ATask, AwaitingADoneFutureContinuesWithoutSuspension) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Future<int> future;
    future.set_result(7);
    get_running_loop().call_soon([out] { out->push_back("callback"); });
    const int got = co_await future;
    out->push_back(std::to_string(got) + ", no suspension");
    co_await sleep(kYield);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"7, no suspension", "callback"}));
}

Coroutine<> three_rounds(Log* log, std::string name) {
  for (int i = 0; i < 3; ++i) {
    log->push_back(name + std::to_string(i));
    co_await sleep(kYield);
  }
}

// TASK-05
TEST_P(ATask, TasksThatYieldAreServedRoundRobin) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto a = create_task(three_rounds(out, "A"));
    const auto b = create_task(three_rounds(out, "B"));
    const auto c = create_task(three_rounds(out, "C"));
    co_await a;
    co_await b;
    co_await c;
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"A0", "B0", "C0", "A1", "B1", "C1", "A2", "B2", "C2"}));
}

// TASK-06
TEST_P(ATask, ABlockingCallStopsTheWholeLoop) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out, VirtualLoop* world) -> Coroutine<> {
    const auto start = world->clock.now();
    world->loop.call_later(ms(10), [out, world, start] {
      out->push_back("timer at " +
                     std::to_string((world->clock.now() - start) / ms(1)));
    });
    world->clock.advance(ms(30));  // what a blocking call looks like from here
    out->push_back("blocked");
    co_await sleep(ms(1));
  };
  run(body(&log, &v), v.loop);
  EXPECT_EQ(log, (Log{"blocked", "timer at 30"}));
}

Coroutine<int> number() {
  co_return 42;
}

Coroutine<> fail_with_key() {
  throw std::out_of_range("key");
  co_return;
}

// TASK-17
TEST_P(ATask, EndsWithTheValueOfItsCoroutine) {
  VirtualLoop v(poller());
  const Task<int> task = v.loop.create_task(number());
  EXPECT_FALSE(task.done());
  EXPECT_EQ(v.loop.run_until_complete(task), 42);
  EXPECT_EQ(task.result(), 42);
}

// TASK-17
TEST_P(ATask, AwaitingAFailedOneThrowsItsErrorEveryTime) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<int> {
    const auto task = create_task(fail_with_key());
    int caught = 0;
    for (int i = 0; i < 2; ++i) {
      try {
        co_await task;
      } catch (const std::out_of_range&) {
        ++caught;
      }
    }
    co_return caught;
  };
  EXPECT_EQ(run(body(), v.loop), 2);
}

// TASK-18
TEST_P(ATask, RefusesAResultFromOutside) {
  VirtualLoop v(poller());
  const Task<int> task = v.loop.create_task(number());
  EXPECT_THROW(task.set_result(1), std::runtime_error);
  EXPECT_THROW(task.set_exception(std::make_exception_ptr(1)),
               std::runtime_error);
  EXPECT_EQ(v.loop.run_until_complete(task), 42);
}

// TASK-19
TEST_P(ATask, AnErrorNobodyRetrievedIsReportedOnce) {
  Reports reports;
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    create_task(fail_with_key());
    co_await sleep(kYield);
  };
  run(body(), v.loop);
  EXPECT_EQ(reports.messages,
            (Log{"the error of task 'fail_with_key' was never retrieved: "
                 "std::out_of_range: key"}));
}

Coroutine<> wait_for_ever() {
  co_await Future<int>();
}

// TASK-19
TEST_P(ATask, OneThatIsPendingWhenTheLoopClosesIsReported) {
  Reports reports;
  {
    VirtualLoop v(poller());
    const auto task = v.loop.create_task(wait_for_ever());
    v.loop.stop();
    v.loop.run_forever();
  }
  EXPECT_EQ(reports.messages,
            (Log{"task 'wait_for_ever': wait_for_ever > future was destroyed "
                 "but it is pending"}));
}

// TASK-20: a task that nobody holds runs to its end.
TEST_P(ATask, KeepsItselfAliveUntilItIsDone) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    create_task(three_rounds(out, "A"));
    co_await sleep(ms(1));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"A0", "A1", "A2"}));
}

// Writes when its scope ends: Python's finally.
struct Finally {
  ~Finally() { log->push_back(word); }
  Log* log;
  std::string word;
};

Coroutine<> sleep_and_tell(Log* log) {
  log->push_back("start");
  const Finally at_the_end{log, "finally"};
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    log->push_back("cancelled");
    throw;
  }
}

// TASK-21 TASK-22
TEST_P(ATask, CancelRunsNothingAndIsRaisedAtTheAwaitInTheNextTurn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(sleep_and_tell(out));
    co_await sleep(kYield);
    EXPECT_TRUE(task.cancel());
    EXPECT_FALSE(task.done());
    out->push_back("after cancel");
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
    EXPECT_FALSE(task.cancel());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"start", "after cancel", "cancelled", "finally"}));
}

// TASK-23
TEST_P(ATask, CancelledBeforeItsFirstTurnNeverRunsItsBody) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(sleep_and_tell(out));
    task.cancel();
    co_await sleep(kYield);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, Log());
}

Coroutine<int> swallow(Log* log) {
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    log->push_back("swallow");
  }
  co_await sleep(kYield);
  log->push_back("cont");
  co_return 7;
}

// TASK-24
TEST_P(ATask, OneThatCatchesTheCancellationAndReturnsIsASuccess) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(swallow(out));
    co_await sleep(kYield);
    task.cancel();
    out->push_back(std::to_string(co_await task));
    EXPECT_FALSE(task.cancelled());
    EXPECT_EQ(task.cancelling(), 1u);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"swallow", "cont", "7"}));
}

// TASK-25
TEST_P(ATask, TwoCancelsBeforeItRunsAreOneCancellationCountedTwice) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(sleep_and_tell(out));
    co_await sleep(kYield);
    task.cancel();
    task.cancel();
    EXPECT_EQ(task.cancelling(), 2u);
    EXPECT_THROW(co_await task, CancelledError);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"start", "cancelled", "finally"}));
}

// TASK-26
TEST_P(ATask, UncancelLowersTheCountButNotBelowZeroAndStopsNothing) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(sleep_and_tell(out));
    co_await sleep(kYield);
    task.cancel();
    EXPECT_EQ(task.cancelling(), 1u);
    EXPECT_EQ(task.uncancel(), 0u);
    EXPECT_EQ(task.uncancel(), 0u);
    EXPECT_THROW(co_await task, CancelledError);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"start", "cancelled", "finally"}));
}

Coroutine<> await_future(Log* log, Future<int> future) {
  try {
    co_await future;
  } catch (const CancelledError&) {
    log->push_back("inner cancelled");
    throw;
  }
}

// TASK-27
TEST_P(ATask, CancellingTheFutureItWaitsForRaisesTheCancellationInIt) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Future<int> future;
    const auto task = create_task(await_future(out, future));
    co_await sleep(kYield);
    future.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(task.cancelling(), 0u);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"inner cancelled"}));
}

Coroutine<> interrupted_cleanup(Log* log) {
  std::exception_ptr first;
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    first = std::current_exception();
  }
  log->push_back("cleanup start");
  try {
    co_await sleep(ms(1000));
    log->push_back("cleanup end");
  } catch (const CancelledError&) {
    log->push_back("interrupted");
    throw;
  }
  std::rethrow_exception(first);
}

// TASK-29
TEST_P(ATask, ASecondCancelInterruptsTheCleanUpOfTheFirst) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(interrupted_cleanup(out));
    co_await sleep(kYield);
    task.cancel();
    co_await sleep(kYield);
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"cleanup start", "interrupted"}));
}

Coroutine<> failing_cleanup() {
  try {
    co_await sleep(ms(1000));
  } catch (const CancelledError&) {
    throw std::out_of_range("key");
  }
}

// TASK-30: the cancellation as the error's context has no counterpart; C++
// errors are nested only where the body does so itself (std::nested_exception).
TEST_P(ATask, AnErrorInTheCleanUpReplacesTheCancellation) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto task = create_task(failing_cleanup());
    co_await sleep(kYield);
    task.cancel();
    EXPECT_THROW(co_await task, std::out_of_range);
    EXPECT_FALSE(task.cancelled());
  };
  run(body(), v.loop);
}

Coroutine<> await_task(Log* log, Task<int> inner) {
  const int value = co_await inner;
  log->push_back("outer got " + std::to_string(value));
}

// TASK-31
TEST_P(ATask, AnInnerTaskThatSwallowsTheCancellationSavesTheOuterOne) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(swallow(out));
    const auto outer = create_task(await_task(out, inner));
    co_await sleep(kYield);
    outer.cancel();
    co_await outer;
    EXPECT_FALSE(outer.cancelled());
    EXPECT_EQ(outer.cancelling(), 1u);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"swallow", "cont", "outer got 7"}));
}

Coroutine<> survive(Log* log, Task<void> inner) {
  try {
    co_await inner;
  } catch (const CancelledError&) {
    log->push_back("outer saw");
  }
  co_await sleep(kYield);
  log->push_back("outer continues");
}

// TASK-32
TEST_P(ATask, AnAwaiterOfACancelledTaskMayCatchTheCancellation) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto inner = create_task(wait_for_ever());
    const auto outer = create_task(survive(out, inner));
    co_await sleep(kYield);
    inner.cancel();
    co_await outer;
    EXPECT_FALSE(outer.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"outer saw", "outer continues"}));
}

Coroutine<> inner_of_stack() {
  co_await Future<int>();
}
Coroutine<> middle_of_stack() {
  co_await inner_of_stack();
}

// The machine's stack cannot show who awaits whom.
TEST_P(ATask, ItsStackNamesTheChainOfAwaitsAndWhatItWaitsFor) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const auto task = create_task(middle_of_stack(), "job");
    EXPECT_EQ(task.state(), scheduler::TaskState::kNew);
    co_await sleep(kYield);
    EXPECT_EQ(task.stack(),
              (Log{"middle_of_stack", "inner_of_stack", "future"}));
    EXPECT_EQ(task.name(), "job");
    EXPECT_EQ(task.state(), scheduler::TaskState::kWaiting);
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_EQ(task.state(), scheduler::TaskState::kTerminated);
  };
  run(body(), v.loop);
}

// A task that cancels itself hears of it at its next wait, not before.
TEST_P(ATask, CancellingItselfIsRaisedAtItsNextSuspension) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    current_task()->cancel();
    Future<int> ready;
    ready.set_result(1);
    co_await ready;
    out->push_back("ready is no wait");
    co_await Future<int>();
    out->push_back("not reached");
  };
  EXPECT_THROW(run(body(&log), v.loop), CancelledError);
  EXPECT_EQ(log, (Log{"ready is no wait"}));
}

// It has no next wait, and still it was asked to stop.
TEST_P(ATask, CancellingItselfInItsLastTurnEndsItAsCancelled) {
  VirtualLoop v(poller());
  constexpr auto last_words = []() -> Coroutine<int> {
    current_task()->cancel();
    co_return 3;
  };
  constexpr auto body = [last_words]() -> Coroutine<> {
    auto task = create_task(last_words());
    EXPECT_THROW(co_await task, CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(), v.loop);
}

TEST_P(ATask, CannotAwaitItself) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const AnyTask self = *current_task();
    co_await self.finished();
  };
  EXPECT_THROW(run(body(), v.loop), std::runtime_error);
}

TEST_P(ATask, TheCurrentOneIsKnownInsideAndNoneInACallback) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_EQ(current_task()->name(), "operator()");
    EXPECT_EQ(all_tasks().size(), 1u);
    get_running_loop().call_soon([] { EXPECT_FALSE(current_task()); });
    co_await sleep(kYield);
  };
  run(body(), v.loop);
  EXPECT_FALSE(current_task());
}

// In Python the request runs in circles until the stack is used up.
TEST_P(ATask, CancellingACircleOfTasksEndsThemAll) {
  VirtualLoop v(poller());
  constexpr auto wait_for =
      [](std::optional<Task<void>>* other) -> Coroutine<> { co_await **other; };
  constexpr auto body = [wait_for]() -> Coroutine<> {
    std::optional<Task<void>> a, b, c;
    a = create_task(wait_for(&b));
    b = create_task(wait_for(&a));
    c = create_task(wait_for(&a));
    co_await sleep(kYield);
    EXPECT_TRUE(c->cancel());
    EXPECT_THROW(co_await *c, CancelledError);
    co_await sleep(kYield);
    EXPECT_TRUE(a->cancelled());
    EXPECT_TRUE(b->cancelled());
    // Nothing of the walk is left behind: the next task is cancelled as ever.
    EXPECT_EQ(a->cancelling(), 1u);
  };
  run(body(), v.loop);
}

TEST_P(ATask, ACircleOfTasksDoesNotHoldUpTheEndOfTheRun) {
  VirtualLoop v(poller());
  std::optional<Task<void>> a, b;
  constexpr auto wait_for =
      [](std::optional<Task<void>>* other) -> Coroutine<> { co_await **other; };
  constexpr auto body = [wait_for](auto* first, auto* second) -> Coroutine<> {
    *first = create_task(wait_for(second));
    *second = create_task(wait_for(first));
    co_await sleep(kYield);
  };
  run(body(&a, &b), v.loop);
  EXPECT_TRUE(a->cancelled());
  EXPECT_TRUE(b->cancelled());
}

// Its arguments are gone before anybody hears that it is done.
TEST_P(ATask, DestroysItsFrameBeforeItIsDone) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto take = [](std::unique_ptr<Finally>) -> Coroutine<> {
    co_return;
  };
  const auto task = v.loop.create_task(
      take(std::unique_ptr<Finally>(new Finally{&log, "argument gone"})));
  task.add_done_callback([&](const Future<void>&) { log.push_back("done"); });
  v.loop.run_until_complete(task);
  EXPECT_EQ(log, (Log{"argument gone", "done"}));
}

TEST_P(ATask, TellsAnObserverItsLifeInFiveVerbs) {
  VirtualLoop v(poller());
  scheduler::Timeline timeline(v.clock);
  v.loop.set_observer(&timeline);
  constexpr auto body = []() -> Coroutine<> {
    co_await sleep(ms(5));
    co_await sleep(kYield);
  };
  v.loop.run_until_complete(v.loop.create_task(body(), "sleeper"));
  Log verbs;
  for (const scheduler::Event& event : timeline.events()) {
    constexpr const char* kNames[] = {"created", "running", "suspended",
                                      "woken", "finished"};
    verbs.emplace_back(kNames[static_cast<int>(event.verb)]);
  }
  EXPECT_EQ(verbs, (Log{"created", "running", "suspended", "woken", "running",
                        "suspended", "running", "finished"}));
  EXPECT_EQ(timeline.lanes(), (Log{"sleeper"}));
}

// An observer should not throw, but memory may run out on it.
TEST_P(ATask, OneWhoseObserverThrowsIsNotMade) {
  struct Refusing final : scheduler::Observer {
    void created(scheduler::TaskId, std::string_view) override {
      throw std::bad_alloc();
    }
    void running(scheduler::TaskId) override {}
    void suspended(scheduler::TaskId, scheduler::Reason,
                   scheduler::Decider) override {}
    void woken(scheduler::TaskId) override {}
    void finished(scheduler::TaskId) override {}
  } refusing;
  Log log;
  VirtualLoop v(poller());
  constexpr auto take = [](std::unique_ptr<Finally>) -> Coroutine<> {
    co_return;
  };
  const auto made = v.loop.create_task(take(nullptr), "made before");
  v.loop.set_observer(&refusing);
  EXPECT_THROW(v.loop.create_task(
                   take(std::unique_ptr<Finally>(new Finally{&log, "gone"}))),
               std::bad_alloc);
  EXPECT_EQ(log, (Log{"gone"}));
  EXPECT_EQ(v.loop.tasks(), (std::vector<AnyTask>{made.any()}));
  v.loop.set_observer(nullptr);
  v.loop.run_until_complete(made);
  EXPECT_TRUE(v.loop.tasks().empty());
}

}  // namespace
}  // namespace loop
