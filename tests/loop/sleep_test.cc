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

// TASK-04
TEST(Sleep, ZeroAndLessSuspendForExactlyOneTurn) {
  Log log;
  VirtualLoop v;
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
TEST(Sleep, ZeroTakesOneTurnAndNoTime) {
  VirtualLoop v;
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
TEST(Sleep, ACancelledSleeperLeavesNoTimerBehind) {
  VirtualLoop v;
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

TEST(Sleep, EqualDeadlinesWakeInTheOrderOfFallingAsleep) {
  Log log;
  VirtualLoop v;
  constexpr auto body = [](Log* out) -> Coroutine<> {
    for (int i = 0; i < 10; ++i) {
      create_task(sleep_then_write(out, ms(10), std::to_string(i)));
    }
    co_await sleep(ms(20));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

}  // namespace
}  // namespace loop
