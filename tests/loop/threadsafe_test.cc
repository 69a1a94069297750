// The promises of loop/threadsafe.h.
#include "loop/threadsafe.h"

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
#include "tests/loop/support.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using scheduler::ConcurrentFuture;
using tests::ms;
using tests::Reports;

// A loop that runs in a thread of its own until the end of the test.
class LoopThread : public testing::Test {
 protected:
  LoopThread() : thread_([this] { loop.run_forever(); }) {}
  ~LoopThread() override { stop(); }
  void stop() {
    if (thread_.joinable()) {
      loop.call_soon_threadsafe([this] { loop.stop(); });
      thread_.join();
    }
  }
  EventLoop loop;

 private:
  std::thread thread_;
};
using RunCoroutineThreadsafe = LoopThread;

Coroutine<std::thread::id> where() {
  co_await sleep(ms(1));
  co_return std::this_thread::get_id();
}
Coroutine<> fail() {
  co_await sleep(ms(1));
  throw std::out_of_range("key");
}
Coroutine<int> sleep_long(std::atomic<bool>* cancelled) {
  try {
    co_await sleep(ms(1'000'000));
  } catch (const CancelledError&) {
    *cancelled = true;
    throw;
  }
  co_return 1;
}

// TASK-48
TEST_F(RunCoroutineThreadsafe, GivesTheValueOfACoroutineThatRanInTheLoop) {
  EXPECT_NE(run_coroutine_threadsafe(where(), loop).result(),
            std::this_thread::get_id());
}

// TASK-48
TEST_F(RunCoroutineThreadsafe, GivesItsError) {
  EXPECT_THROW(run_coroutine_threadsafe(fail(), loop).result(),
               std::out_of_range);
}

// TASK-48
TEST_F(RunCoroutineThreadsafe, CancellingTheFutureCancelsTheTask) {
  std::atomic<bool> cancelled = false;
  auto future = run_coroutine_threadsafe(sleep_long(&cancelled), loop);
  EXPECT_THROW(future.result(ms(20)), scheduler::TimeoutError);
  EXPECT_TRUE(future.cancel());
  EXPECT_THROW(future.result(), CancelledError);
  stop();
  wind_down(loop);
  EXPECT_TRUE(cancelled);
}

// TASK-48
TEST_F(RunCoroutineThreadsafe, ATaskCancelledInTheLoopCancelsTheFuture) {
  std::atomic<bool> cancelled = false;
  const auto future = run_coroutine_threadsafe(sleep_long(&cancelled), loop);
  loop.call_soon_threadsafe([this] {
    for (const AnyTask& task : loop.tasks()) {
      task.cancel();
    }
  });
  EXPECT_THROW(future.result(), CancelledError);
}

// I1
TEST_F(RunCoroutineThreadsafe, ClosingTheLoopCancelsWhatIsLeft) {
  Reports reports;
  std::atomic<bool> cancelled = false;
  const auto running = run_coroutine_threadsafe(sleep_long(&cancelled), loop);
  stop();
  const auto queued = run_coroutine_threadsafe(sleep_long(&cancelled), loop);
  loop.close();
  EXPECT_TRUE(running.cancelled());
  EXPECT_TRUE(queued.cancelled());
  EXPECT_THROW(run_coroutine_threadsafe(fail(), loop), std::runtime_error);
}

}  // namespace
}  // namespace loop
