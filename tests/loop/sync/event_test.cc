// The promises of loop/sync/event.h, in the order of Python 3.11.
#include "loop/sync/event.h"

#include <string>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using tests::Log;
using tests::ticks;
using tests::turns;

Coroutine<> wait(Log* log, Event* event, std::string name) {
  try {
    co_await event->wait();
    log->push_back(name);
  } catch (const CancelledError&) {
    log->push_back(name + "x");
    throw;
  }
}

class CoroutineEvent : public tests::EveryOrder {
 protected:
  Event event_;
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineEvent, tests::kEveryKind,
                         tests::name_of);

// SYNC-07: without the true, which in C++ would be a result with one value.
TEST_P(CoroutineEvent, WaitingForOneThatIsSetDoesNotSuspend) {
  constexpr auto body = [](Log* log, Event* event) -> Coroutine<> {
    const auto others = create_task(ticks(log, 1));
    EXPECT_FALSE(event->is_set());
    event->set();
    EXPECT_TRUE(event->is_set());
    co_await event->wait();
    EXPECT_EQ(*log, Log());
    co_await others;
  };
  run(body(&log_, &event_));
}

// SYNC-08
TEST_P(CoroutineEvent, SettingItWakesAllInTheOrderOfArrival) {
  constexpr auto body = [](Log* log, Event* event) -> Coroutine<> {
    const auto a = create_task(wait(log, event, "A"));
    const auto b = create_task(wait(log, event, "B"));
    const auto end = create_task(ticks(log, 4));
    co_await turns(2);
    log->push_back("set");
    event->set();
    event->set();  // nobody is woken twice
    co_await end;
  };
  run(body(&log_, &event_));
  EXPECT_EQ(log_, (Log{"|", "|", "set", "|", "A", "B", "|"}));
}

TEST_P(CoroutineEvent, ASetThatIsClearedAtOnceStillReleasesThoseWhoWaited) {
  constexpr auto body = [](Log* log, Event* event) -> Coroutine<> {
    const auto a = create_task(wait(log, event, "A"));
    const auto b = create_task(wait(log, event, "B"));
    const auto c = create_task(wait(log, event, "C"));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    b.cancel();
    event->set();
    event->clear();
    log->push_back("set, clear");
    const auto late = create_task(wait(log, event, "late"));
    co_await turns(2);
    log->push_back("set");
    event->set();
    co_await end;
  };
  run(body(&log_, &event_));
  EXPECT_EQ(log_, (Log{"|", "|", "set, clear", "|", "Bx", "A", "C", "|", "set",
                       "|", "late", "|"}));
}

TEST_P(CoroutineEvent, OneWokenAndThenCancelledIsCancelled) {
  constexpr auto body = [](Log* log, Event* event) -> Coroutine<> {
    const auto a = create_task(wait(log, event, "A"));
    const auto b = create_task(wait(log, event, "B"));
    const auto end = create_task(ticks(log, 5));
    co_await turns(2);
    event->set();
    a.cancel();
    log->push_back("set, cancel A");
    co_await end;
    EXPECT_TRUE(a.cancelled());
  };
  run(body(&log_, &event_));
  EXPECT_EQ(log_, (Log{"|", "|", "set, cancel A", "|", "Ax", "B", "|", "|"}));
}

}  // namespace
}  // namespace loop::sync
