// No chain is too long: neither awaits in a row nor awaits inside each other
// grow the machine's stack, at -O0 and under the sanitizers as well.
#include <optional>
#include <stdexcept>
#include <utility>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"

namespace loop {
namespace {

using scheduler::CancelledError;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

constexpr int kDeep = 20000;

Coroutine<int> one() {
  co_return 1;
}

// C-072
TEST(Depth, AMillionCoroutinesAwaitedOneAfterAnother) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) {
      sum += co_await one();
    }
    co_return sum;
  };
  EXPECT_EQ(run(body(), v.loop), 1'000'000);
}

Coroutine<int> nested(int depth, Future<int> innermost) {
  if (depth == 0) {
    co_return co_await innermost;
  }
  co_return 1 + co_await nested(depth - 1, innermost);
}

// C-072
TEST(Depth, TwentyThousandNestedAwaitsSuspendAndReturn) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<int> {
    const Future<int> future;
    const auto task = create_task(nested(kDeep, future));
    co_await sleep(ms(0));
    EXPECT_EQ(task.stack().size(), size_t{kDeep + 2});
    future.set_result(0);
    co_return co_await task;
  };
  EXPECT_EQ(run(body(), v.loop), kDeep);
}

TEST(Depth, AnErrorPassesTwentyThousandAwaits) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> future;
    const auto task = create_task(nested(kDeep, future));
    co_await sleep(ms(0));
    future.set_exception(std::make_exception_ptr(std::out_of_range("key")));
    EXPECT_THROW(co_await task, std::out_of_range);
  };
  run(body(), v.loop);
}

TEST(Depth, ACancellationPassesTwentyThousandAwaits) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    const auto task = create_task(nested(kDeep, Future<int>()));
    co_await sleep(ms(0));
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError);
  };
  run(body(), v.loop);
}

TEST(Depth, ASuspendedChainOfTwentyThousandIsDestroyed) {
  Reports reports;
  VirtualLoop v;
  const auto task =
      v.loop.create_task(nested(kDeep, v.loop.create_future<int>()));
  v.loop.stop();
  v.loop.run_forever();
  v.loop.close();
  EXPECT_EQ(reports.messages.size(), 1u);
}

Coroutine<int> await_previous(std::optional<Task<int>> previous) {
  if (!previous) {
    co_await sleep(ms(1'000'000));
    co_return 0;
  }
  // The last handle of the previous task lives in this frame.
  const Task<int> mine = *std::exchange(previous, std::nullopt);
  co_return 1 + co_await mine;
}

Task<int> row_of_tasks(EventLoop& loop, int length) {
  std::optional<Task<int>> last;
  for (int i = 0; i < length; ++i) {
    last = loop.create_task(await_previous(std::exchange(last, std::nullopt)));
  }
  return *last;
}

TEST(Depth, CancellingTheLastOfTwentyThousandTasksInARowReachesTheFirst) {
  VirtualLoop v;
  const auto task = row_of_tasks(v.loop, kDeep);
  constexpr auto body = [](Task<int> last) -> Coroutine<> {
    co_await sleep(ms(0));
    last.cancel();
    EXPECT_THROW(co_await last, CancelledError);
    EXPECT_EQ(all_tasks().size(), 1u);
  };
  run(body(task), v.loop);
}

TEST(Depth, TwentyThousandTasksInARowAreDestroyed) {
  Reports reports;
  VirtualLoop v;
  row_of_tasks(v.loop, kDeep);
  v.loop.stop();
  v.loop.run_forever();
  v.loop.close();
  EXPECT_EQ(reports.messages.size(), size_t{kDeep});
}

// Inner frames may refer to what lives in outer ones.
struct Tracked {
  explicit Tracked(bool* flag) : alive(flag) { *alive = true; }
  ~Tracked() { *alive = false; }
  bool* alive;
};
struct LooksAt {
  ~LooksAt() { EXPECT_TRUE(*alive); }
  const bool* alive;
};
Coroutine<> inner(const bool* alive) {
  const LooksAt at_the_end{alive};
  co_await Future<int>();
}
Coroutine<> outer(bool* flag) {
  const Tracked local(flag);
  co_await inner(local.alive);
}

TEST(Depth, AChainIsDestroyedFromTheInnermostOutwards) {
  Reports reports;
  bool alive = false;
  {
    VirtualLoop v;
    v.loop.create_task(outer(&alive));
    v.loop.stop();
    v.loop.run_forever();
    EXPECT_TRUE(alive);
  }
  EXPECT_FALSE(alive);
}

}  // namespace
}  // namespace loop
