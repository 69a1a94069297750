// A loop that waits for other processes: the result of a process pool is one
// more descriptor.
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/async_result.h"
#include "ipc/process_pool.h"
#include "loop/coroutine.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace loop {
namespace {

// Not in the coroutine: GCC 12 does not take an initialiser list there.
const std::vector<int> kItems = {1, 2, 3};
const std::vector<int> kSquares = {1, 4, 9};

int square(int x) {
  return x * x;
}
int fail(int) {
  throw std::invalid_argument("no such item");
}

template <class T>
Coroutine<T> result_of(ipc::AsyncResult<T>* result) {
  co_await readable(result->fd());
  T value = result->get();
  co_return value;
}

TEST(ProcessResult, IsAwaitedThroughItsDescriptorWhileTheLoopServesOthers) {
  ipc::ProcessPool pool(2);
  constexpr auto body = [](ipc::ProcessPool* workers) -> Coroutine<> {
    auto squares = workers->map_async(square, kItems);
    auto waiting = create_task(result_of(&squares));
    int turns = 0;
    while (!waiting.done()) {
      ++turns;
      co_await sleep(scheduler::Duration::zero());
    }
    EXPECT_GT(turns, 1);
    EXPECT_EQ(co_await waiting, kSquares);
  };
  run(body(&pool));
}

TEST(ProcessResult, AnErrorOfTheWorkerComesOutOfTheAwait) {
  ipc::ProcessPool pool(1);
  constexpr auto body = [](ipc::ProcessPool* workers) -> Coroutine<> {
    auto result = workers->apply_async(fail, std::tuple(1));
    EXPECT_THROW(co_await result_of(&result), std::invalid_argument);
  };
  run(body(&pool));
}

TEST(ProcessResult, ATerminatedPoolWakesWhoWaits) {
  ipc::ProcessPool pool(1);
  constexpr auto never = [](int) -> int {
    for (;;) {
    }
  };
  constexpr auto body = [never](ipc::ProcessPool* workers) -> Coroutine<> {
    auto result = workers->apply_async(+never, std::tuple(1));
    auto waiting = create_task(result_of(&result));
    co_await sleep(scheduler::Duration::zero());
    workers->terminate();
    EXPECT_THROW(co_await waiting, scheduler::CancelledError);
  };
  run(body(&pool));
}

TEST(ProcessResult, ADescriptorAskedForTooLateIsReadableAtOnce) {
  ipc::ProcessPool pool(1);
  auto result = pool.apply_async(square, std::tuple(3));
  EXPECT_EQ(result.get(), 9);
  EXPECT_EQ(run(result_of(&result)), 9);
}

}  // namespace
}  // namespace loop
