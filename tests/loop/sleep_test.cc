// The promises of loop/sleep.h.
#include "loop/sleep.h"

#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::Log;
using tests::ms;
using tests::VirtualLoop;

Coroutine<> sleep_then_write(Log* log, scheduler::Duration how_long,
                             std::string word) {
  co_await sleep(how_long);
  log->push_back(std::move(word));
}

class ASleep : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, ASleep, tests::kRealKinds, tests::name_of);

// TASK-04
TEST_P(ASleep, ZeroAndLessSuspendForExactlyOneTurn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    create_task(sleep_then_write(out, ms(20), "20 ms"));
    create_task(sleep_then_write(out, ms(10), "10 ms"));
    create_task(sleep_then_write(out, ms(0), "0"));
    create_task(sleep_then_write(out, ms(-1), "-1"));
    co_await sleep(ms(30));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"0", "-1", "10 ms", "20 ms"}));
}

// C-095
TEST_P(ASleep, ZeroTakesOneTurnAndNoTime) {
  VirtualLoop v(poller());
  constexpr auto body = [](VirtualLoop* world) -> Coroutine<> {
    const auto before = world->clock.now();
    const uint64_t turn = world->loop.turns();
    co_await sleep(scheduler::Duration::zero());
    EXPECT_EQ(world->loop.turns(), turn + 1);
    EXPECT_EQ(world->clock.now(), before);
  };
  run(body(&v), v.loop);
}

// TASK-28
TEST_P(ASleep, ACancelledSleeperLeavesNoTimerBehind) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    Log unused;
    const auto task = create_task(sleep_then_write(&unused, ms(1000), ""));
    co_await sleep(ms(0));
    EXPECT_EQ(get_running_loop().timers(), 1u);
    task.cancel();
    EXPECT_EQ(get_running_loop().timers(), 0u);
    EXPECT_THROW(co_await task, scheduler::CancelledError);
  };
  run(body(), v.loop);
}

TEST_P(ASleep, EqualDeadlinesWakeInTheOrderOfFallingAsleep) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    for (int i = 0; i < 10; ++i) {
      create_task(sleep_then_write(out, ms(10), std::to_string(i)));
    }
    co_await sleep(ms(20));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

// I4. The order is what Python's sleep, call_later and call_soon write.
TEST_P(ASleep, GoesOnOneTurnAfterTheTurnOfItsTimer) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out, VirtualLoop* world) -> Coroutine<> {
    EventLoop& loop = world->loop;
    const auto write = [out, &loop](std::string word, std::string then) {
      out->push_back(std::move(word));
      loop.call_soon([out, then] { out->push_back(then); });
    };
    create_task(sleep_then_write(out, ms(1), "sleep 1"));
    co_await sleep(ms(0));
    loop.call_later(ms(2), write, "timer", "soon of timer");
    create_task(sleep_then_write(out, ms(3), "sleep 2"));
    co_await sleep(ms(0));
    loop.call_later(ms(4), write, "timer 2", "soon of timer 2");
    loop.call_soon(write, "ready", "soon of ready");
    world->clock.advance(ms(10));  // all are due in one turn
    co_await sleep(ms(20));
  };
  run(body(&log, &v), v.loop);
  EXPECT_EQ(log, (Log{"ready", "timer", "timer 2", "soon of ready", "sleep 1",
                      "soon of timer", "sleep 2", "soon of timer 2"}));
}

// I4. Its timer has had its turn, the sleeper has not.
TEST_P(ASleep, CanStillBeCancelledBetweenTheTurnOfItsTimerAndItsOwn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(sleep_then_write(out, ms(10), "never"));
    co_await sleep(ms(0));
    get_running_loop().call_later(ms(10), [out, task] {
      out->push_back(task.cancel() ? "cancelled" : "too late");
    });
    EXPECT_THROW(co_await task, scheduler::CancelledError);
    EXPECT_TRUE(task.cancelled());
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, Log{"cancelled"});
}

}  // namespace
}  // namespace loop
