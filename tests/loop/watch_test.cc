// The promises of loop/watch.h.
#include "loop/watch.h"

#include <optional>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Log;
using tests::ms;
using tests::VirtualLoop;

class AWatch : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, AWatch, tests::kRealKinds, tests::name_of);

// I1
TEST_P(AWatch, CallsOnceInATurnAfterTheFutureIsDone) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<void> future;
    int calls = 0;
    const Watch watch(future.slot(), [&](FutureSlot& ended) {
      EXPECT_EQ(&ended, &future.slot());
      ++calls;
    });
    future.set_result();
    EXPECT_EQ(calls, 0);
    co_await sleep(ms(0));
    EXPECT_EQ(calls, 1);
  };
  run(body(), v.loop);
}

// I1
TEST_P(AWatch, OfADoneFutureCallsInTheNextTurnToo) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<void> future;
    future.set_result();
    int calls = 0;
    const Watch watch(future.slot(), [&](FutureSlot&) { ++calls; });
    EXPECT_EQ(calls, 0);
    co_await sleep(ms(0));
    EXPECT_EQ(calls, 1);
  };
  run(body(), v.loop);
}

// I1
TEST_P(AWatch, DoesNotCallOnceItHasGone) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    int calls = 0;
    const auto count = [&](FutureSlot&) { ++calls; };
    const Future<void> future;
    { const Watch before_the_end(future.slot(), count); }
    std::optional<Watch> after_the_end(std::in_place, future.slot(), count);
    future.set_result();
    after_the_end.reset();  // its call is queued already
    co_await sleep(ms(0));
    EXPECT_EQ(calls, 0);
  };
  run(body(), v.loop);
}

// I2
TEST_P(AWatch, MayBeDestroyedByItsOwnFunction) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<void> future;
    std::optional<Watch> watch;
    watch.emplace(future.slot(), [&](FutureSlot&) { watch.reset(); });
    future.set_result();
    co_await sleep(ms(0));
    EXPECT_FALSE(watch.has_value());
  };
  run(body(), v.loop);
}

TEST_P(AWatch, OutlivesTheLoopOfItsFuture) {
  std::optional<VirtualLoop> v(std::in_place, poller());
  Future<void> pending = v->loop.create_future<void>();
  Future<void> done = v->loop.create_future<void>();
  int calls = 0;
  const auto count = [&](FutureSlot&) { ++calls; };
  const Watch first(pending.slot(), count);
  const Watch second(done.slot(), count);
  done.set_result();  // queued, and never run
  v.reset();
  pending.set_result();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace loop
