// The promises of loop/threadsafe.h.
#include "loop/threadsafe.h"

#include <atomic>
#include <exception>
#include <optional>
#include <stdexcept>
#include <thread>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"
#include "tests/loop/fragile.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::ConcurrentFuture;
using tests::Fragile;
using tests::ms;
using tests::Reports;

// A loop that runs in a thread of its own until the end of the test.
class RunCoroutineThreadsafe : public tests::EveryWorld {
 protected:
  RunCoroutineThreadsafe() : thread_([this] { loop.run_forever(); }) {}
  ~RunCoroutineThreadsafe() override { stop(); }
  void stop() {
    if (thread_.joinable()) {
      loop.call_soon_threadsafe([this] { loop.stop(); });
      thread_.join();
    }
  }

 private:
  std::thread thread_;
};
INSTANTIATE_TEST_SUITE_P(Pollers, RunCoroutineThreadsafe, tests::kRealKinds,
                         tests::name_of);

Coroutine<std::thread::id> where() {
  co_await sleep(ms(1));
  co_return std::this_thread::get_id();
}
Coroutine<> fail() {
  co_await sleep(ms(1));
  throw std::out_of_range("key");
}
enum State { kNotStarted, kSleeps, kCancelled };
Coroutine<int> sleep_long(std::atomic<State>* state) {
  *state = kSleeps;
  state->notify_all();
  try {
    co_await sleep(ms(1'000'000));
  } catch (const CancelledError&) {
    *state = kCancelled;
    throw;
  }
  co_return 1;
}

// TASK-48
TEST_P(RunCoroutineThreadsafe, GivesTheValueOfACoroutineThatRanInTheLoop) {
  EXPECT_NE(run_coroutine_threadsafe(where(), loop).result(),
            std::this_thread::get_id());
}

// TASK-48
TEST_P(RunCoroutineThreadsafe, GivesItsError) {
  EXPECT_THROW(run_coroutine_threadsafe(fail(), loop).result(),
               std::out_of_range);
}

// TASK-48
TEST_P(RunCoroutineThreadsafe, CancellingTheFutureCancelsTheTask) {
  std::atomic<State> state = kNotStarted;
  auto future = run_coroutine_threadsafe(sleep_long(&state), loop);
  state.wait(kNotStarted);  // a coroutine cancelled before would not notice
  EXPECT_THROW(future.result(ms(1)), scheduler::TimeoutError);
  EXPECT_TRUE(future.cancel());
  EXPECT_THROW(future.result(), CancelledError);
  stop();
  wind_down(loop);
  EXPECT_EQ(state, kCancelled);
}

// TASK-48
TEST_P(RunCoroutineThreadsafe, ATaskCancelledInTheLoopCancelsTheFuture) {
  std::atomic<State> state = kNotStarted;
  const auto future = run_coroutine_threadsafe(sleep_long(&state), loop);
  loop.call_soon_threadsafe([this] {
    for (const AnyTask& task : loop.tasks()) {
      task.cancel();
    }
  });
  EXPECT_THROW(future.result(), CancelledError);
}

Coroutine<Fragile> give_fragile(int* moves_left) {
  co_return Fragile(*moves_left);
}

// I1: whichever move it is that fails. The last ones are those that bring it
// across.
TEST_P(RunCoroutineThreadsafe, AResultThatBreaksOnTheWayIsAnErrorOfTheFuture) {
  int broken = 0;
  for (bool arrived = false; !arrived; ++broken) {
    int moves_left = broken + 1;
    const auto future =
        run_coroutine_threadsafe(give_fragile(&moves_left), loop);
    // Only if it does not end at all is there something to wait for.
    const std::exception_ptr error = future.exception(ms(60'000));
    arrived = error == nullptr;
    if (error) {
      EXPECT_THROW(std::rethrow_exception(error), std::range_error);
    }
  }
  EXPECT_GT(broken, 3);
}

// I1
TEST_P(RunCoroutineThreadsafe, ClosingTheLoopCancelsWhatIsLeft) {
  Reports reports;
  std::atomic<State> state = kNotStarted;
  const auto running = run_coroutine_threadsafe(sleep_long(&state), loop);
  stop();
  const auto queued = run_coroutine_threadsafe(sleep_long(&state), loop);
  loop.close();
  EXPECT_TRUE(running.cancelled());
  EXPECT_TRUE(queued.cancelled());
  EXPECT_THROW(run_coroutine_threadsafe(fail(), loop), std::runtime_error);
}

}  // namespace
}  // namespace loop
