// The promises of loop/ensure_future.h.
#include "loop/ensure_future.h"

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

Coroutine<int> seven() {
  co_return 7;
}

class EnsureFuture : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, EnsureFuture, tests::kRealKinds,
                         tests::name_of);

// I1
TEST_P(EnsureFuture, AFutureOrTaskGivenIsTheOneReturned) {
  tests::VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> future;
    EXPECT_EQ(ensure_future(future), future);
    const Task<int> task = create_task(seven());
    EXPECT_EQ(ensure_future(task), task);
    co_await task;
  };
  run(body(), v.loop);
}

TEST_P(EnsureFuture, ACoroutineBecomesATaskAndASleepToo) {
  tests::VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> number = ensure_future(seven());
    const Future<void> asleep = ensure_future(sleep(tests::ms(5)));
    EXPECT_EQ(all_tasks().size(), 3u);
    EXPECT_EQ(co_await number, 7);
    co_await asleep;
  };
  run(body(), v.loop);
  EXPECT_EQ(v.clock.now().time_since_epoch(), tests::ms(5));
}

}  // namespace
}  // namespace loop
