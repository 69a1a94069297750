// The promises of loop/run_in_executor.h.
#include "loop/run_in_executor.h"

#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"
#include "scheduler/executor.h"
#include "tests/loop/fragile.h"
#include "tests/loop/support.h"
#include "tests/loop/thread_executor.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::ConcurrentFuture;
using tests::Fragile;
using tests::Log;
using tests::ms;
using tests::ThreadExecutor;

class RunInExecutor : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, RunInExecutor, tests::kRealKinds,
                         tests::name_of);
class ToThread : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, ToThread, tests::kRealKinds, tests::name_of);
class WrapFuture : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, WrapFuture, tests::kRealKinds,
                         tests::name_of);
class DefaultExecutor : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, DefaultExecutor, tests::kRealKinds,
                         tests::name_of);

// LOOP-23
TEST_P(RunInExecutor, TheJobMayRunBeforeAnybodyAwaitsIt) {
  constexpr auto body = []() -> Coroutine<> {
    ThreadExecutor executor;
    std::promise<void> ran;
    const auto future = run_in_executor(executor, [&ran] {
      ran.set_value();
      return 7;
    });
    ran.get_future().wait();  // the loop is blocked, the job runs
    EXPECT_FALSE(future.done());
    EXPECT_EQ(co_await future, 7);
  };
  run(body(), loop);
}

// LOOP-23
TEST_P(RunInExecutor, TheErrorOfAJobComesOutOfTheAwait) {
  constexpr auto body = []() -> Coroutine<> {
    ThreadExecutor executor;
    auto future =
        run_in_executor(executor, [] { throw std::out_of_range("key"); });
    EXPECT_THROW(co_await std::move(future), std::out_of_range);
  };
  run(body(), loop);
}

// LOOP-24
TEST_P(ToThread, DoesNothingUntilItIsAwaited) {
  constexpr auto body = []() -> Coroutine<> {
    get_running_loop().set_default_executor(std::make_unique<ThreadExecutor>());
    std::atomic<bool> ran = false;
    auto job = to_thread([&ran] { ran = true; });
    EXPECT_FALSE(ran);
    co_await std::move(job);
    EXPECT_TRUE(ran);
  };
  run(body(), loop);
}

// LOOP-25
TEST_P(ToThread, TheJobRunsInAnotherThreadWhileTheLoopServesOthers) {
  Log log;
  constexpr auto body = [](Log* out) -> Coroutine<> {
    get_running_loop().set_default_executor(std::make_unique<ThreadExecutor>());
    std::promise<void> go;
    const auto other = create_task(to_thread([&go] {
      go.get_future().wait();
      return std::this_thread::get_id();
    }));
    co_await sleep(ms(1));
    out->push_back("loop alive");
    go.set_value();
    EXPECT_NE(co_await other, std::this_thread::get_id());
    out->push_back("job done");
  };
  run(body(&log), loop);
  EXPECT_EQ(log, (Log{"loop alive", "job done"}));
}

TEST_P(ToThread, WithoutAnExecutorIsARuntimeError) {
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(co_await to_thread([] {}), std::runtime_error);
  };
  run(body(), loop);
}

// TASK-16
TEST_P(WrapFuture, ResultErrorAndCancellationPassOn) {
  constexpr auto body = []() -> Coroutine<> {
    ConcurrentFuture<int> value;
    ConcurrentFuture<int> error;
    ConcurrentFuture<int> cancelled;
    const auto a = wrap_future(value);
    const auto b = wrap_future(error);
    const auto c = wrap_future(cancelled);
    std::thread thread([value, error, cancelled]() mutable {
      value.set_result(7);
      error.set_exception(std::make_exception_ptr(std::out_of_range("key")));
      cancelled.cancel();
    });
    EXPECT_EQ(co_await a, 7);
    EXPECT_THROW(co_await b, std::out_of_range);
    EXPECT_THROW(co_await c, CancelledError);
    EXPECT_TRUE(c.cancelled());
    thread.join();
  };
  run(body(), loop);
}

// TASK-16
TEST_P(WrapFuture, CancellingTheLoopSideCancelsTheThreadSide) {
  constexpr auto body = []() -> Coroutine<> {
    ConcurrentFuture<int> source;
    const auto wrapped = wrap_future(source);
    wrapped.cancel();
    EXPECT_THROW(co_await wrapped, CancelledError);
    co_await sleep(ms(0));  // done callbacks take a turn
    EXPECT_TRUE(source.cancelled());
    co_await sleep(ms(0));  // both are cancelled now: no clash
  };
  run(body(), loop);
}

// The thread is slower than the loop: its result arrives nowhere.
TEST_P(WrapFuture, AResultThatComesAfterTheLoopHasGoneIsDropped) {
  ConcurrentFuture<int> source;
  constexpr auto body = [](ConcurrentFuture<int> from) -> Coroutine<> {
    wrap_future(from);
    co_return;
  };
  run(body(source), loop);
  source.set_result(7);
  EXPECT_EQ(source.result(), 7);
}

// Whether it arrived. In any case something did.
template <Carry carry>
Coroutine<bool> carried(int moves) {
  int moves_left = -1;
  ConcurrentFuture<Fragile> source;
  source.set_result(Fragile(moves_left));
  moves_left = moves;
  const auto wrapped = wrap_future<carry>(source);
  co_await sleep(ms(0));
  co_await sleep(ms(0));
  if (!wrapped.done()) {
    ADD_FAILURE() << "nothing arrives when move " << moves << " fails";
    co_return false;
  }
  const std::exception_ptr error = wrapped.exception();
  if (error) {
    EXPECT_THROW(std::rethrow_exception(error), std::range_error);
  }
  co_return error == nullptr;
}

TEST_P(WrapFuture, AResultThatBreaksOnTheWayIsAnErrorAtTheAwait) {
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_FALSE(co_await carried<Carry::kCopies>(1));
    EXPECT_FALSE(co_await carried<Carry::kMoves>(1));
    for (const int moves : {2, 3, 4}) {
      co_await carried<Carry::kCopies>(moves);
      co_await carried<Carry::kMoves>(moves);
    }
    EXPECT_TRUE(co_await carried<Carry::kCopies>(100));
    EXPECT_TRUE(co_await carried<Carry::kMoves>(100));
  };
  run(body(), loop);
}

TEST_P(DefaultExecutor, TheLoopMayCloseWhileItIsShutDown) {
  const tests::Reports reports;  // the task is pending: that is said
  auto executor = std::make_unique<ThreadExecutor>();
  std::promise<void> gate;
  executor->submit([held = gate.get_future().share()] { held.wait(); });
  loop.set_default_executor(std::move(executor));
  const auto ending = loop.create_task(loop.shutdown_default_executor());
  for (int turn = 0; turn < 2; ++turn) {
    loop.stop();
    loop.run_forever();
  }
  EXPECT_FALSE(ending.done());
  gate.set_value();
  loop.close();
  EXPECT_EQ(reports.messages.size(), 1u);
}

// What a test knows of an executor whose jobs end when the gate opens.
struct Ending {
  std::promise<void> begun;
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> shutdowns = 0;
  std::atomic<bool> ended = false;
  std::atomic<bool> destroyed = false;
};

class SlowToEnd final : public scheduler::Executor {
 public:
  explicit SlowToEnd(Ending* ending) : ending_(*ending) {}
  ~SlowToEnd() override { ending_.destroyed = true; }
  void shutdown(bool wait, bool) override {
    Ending& ending = ending_;  // this object may go while we wait
    if (wait && ++ending.shutdowns == 1) {
      ending.begun.set_value();
      ending.opened.wait();
      ending.ended = true;
    }
  }

 private:
  void execute(std::shared_ptr<scheduler::Job>) override {}
  Ending& ending_;
};

TEST_P(DefaultExecutor, IsShutDownOnceAndASecondCallerReturnsAtOnce) {
  constexpr auto body = [](Ending* ending) -> Coroutine<> {
    EventLoop& here = get_running_loop();
    here.set_default_executor(std::make_unique<SlowToEnd>(ending));
    const auto first = create_task(here.shutdown_default_executor());
    const auto second = create_task(here.shutdown_default_executor());
    co_await sleep(ms(0));
    EXPECT_FALSE(first.done());
    EXPECT_TRUE(second.done());
    EXPECT_THROW(here.default_executor(), std::runtime_error);
    ending->gate.set_value();
    co_await first;
    co_await second;
    EXPECT_EQ(ending->shutdowns, 1);
    EXPECT_TRUE(ending->destroyed);
  };
  Ending ending;
  run(body(&ending), loop);
}

TEST_P(DefaultExecutor, OneThatIsSetDuringAShutdownReplacesNothingAndStays) {
  constexpr auto body = [](Ending* ending, Ending* next) -> Coroutine<> {
    EventLoop& here = get_running_loop();
    here.set_default_executor(std::make_unique<SlowToEnd>(ending));
    const auto ends = create_task(here.shutdown_default_executor());
    co_await sleep(ms(0));
    here.set_default_executor(std::make_unique<SlowToEnd>(next));
    EXPECT_FALSE(ending->destroyed);
    ending->gate.set_value();
    co_await ends;
    EXPECT_TRUE(ending->destroyed);
    EXPECT_FALSE(next->destroyed);
    EXPECT_NO_THROW(here.default_executor());
    next->gate.set_value();  // run() shuts it down
  };
  Ending ending;
  Ending next;
  run(body(&ending, &next), loop);
}

// As in Python 3.11.
TEST_P(DefaultExecutor, AShutdownThatIsCancelledStillWaits) {
  constexpr auto body = [](Ending* ending) -> Coroutine<> {
    EventLoop& here = get_running_loop();
    here.set_default_executor(std::make_unique<SlowToEnd>(ending));
    const auto ends = create_task(here.shutdown_default_executor());
    co_await sleep(ms(0));
    ends.cancel();
    const std::jthread opener([ending] {
      ending->begun.get_future().wait();
      ending->gate.set_value();
    });
    EXPECT_THROW(co_await ends, CancelledError);
    EXPECT_TRUE(ending->ended);
    EXPECT_TRUE(ending->destroyed);
  };
  Ending ending;
  run(body(&ending), loop);
}

// Nobody else has a handle of the source, so nothing is copied; and what cannot
// be copied can be returned.
TEST(RunInExecutor, AResultIsMovedOutOfTheThread) {
  constexpr auto body = []() -> Coroutine<> {
    ThreadExecutor executor;
    auto future =
        run_in_executor(executor, [] { return std::make_unique<int>(7); });
    const std::unique_ptr<int> result = co_await std::move(future);
    EXPECT_EQ(*result, 7);
  };
  run(body());
}

}  // namespace
}  // namespace loop
