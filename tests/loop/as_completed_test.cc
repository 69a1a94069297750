// The promises of loop/as_completed.h. The logs are what Python 3.11 writes.
#include "loop/as_completed.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/actors.h"
#include "tests/loop/cancel_everywhere.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using scheduler::TimeoutError;
using tests::boom;
using tests::child;
using tests::Log;
using tests::ms;
using tests::ticks;
using tests::VirtualLoop;

using Words = std::vector<Coroutine<std::string>>;

Words three_children(Log* log) {
  Words words;
  words.push_back(child(log, "a", 30));
  words.push_back(child(log, "b", 10));
  words.push_back(child(log, "c", 20));
  return words;
}

class AsCompleted : public tests::InVirtualTime {};
INSTANTIATE_TEST_SUITE_P(Pollers, AsCompleted, tests::kRealKinds,
                         tests::name_of);

// TASK-69
TEST_P(AsCompleted, GivesResultsInTheOrderInWhichTheyArrive) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    for (Coroutine<std::string>& next : as_completed(three_children(out))) {
      out->push_back(co_await std::move(next));
    }
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"b done", "b", "c done", "c", "a done", "a"}));
}

// TASK-69
TEST_P(AsCompleted, EachGivesItsOwnResultOrError) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto fail_or_not = [](Log* out, int number) -> Coroutine<> {
    co_await sleep(ms(number));
    if (number == 2) {
      co_await boom<std::out_of_range>(out, "second", 0);
    }
  };
  constexpr auto body = [](auto* make, Log* out) -> Coroutine<> {
    std::vector<Coroutine<>> all;
    for (int i = 3; i > 0; --i) {
      all.push_back((*make)(out, i));
    }
    for (Coroutine<>& next : as_completed(std::move(all))) {
      try {
        co_await std::move(next);
        out->push_back("result");
      } catch (const std::out_of_range& error) {
        out->push_back(error.what());
      }
    }
  };
  run(body(&fail_or_not, &log), v.loop);
  EXPECT_EQ(log, (Log{"result", "raise second", "second", "result"}));
}

// TASK-70
TEST_P(AsCompleted, WhatIsLeftWhenTimeIsUpTimesOutAndRunsOn) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    std::vector<Task<std::string>> tasks;
    tasks.push_back(create_task(child(out, "a", 10)));
    tasks.push_back(create_task(child(out, "b", 30)));
    for (Coroutine<std::string>& next : as_completed(tasks, ms(20))) {
      try {
        out->push_back(co_await std::move(next));
      } catch (const TimeoutError&) {
        out->push_back("timeout");
      }
    }
    out->push_back(co_await tasks[1]);
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"a done", "a", "timeout", "b done", "b"}));
}

// TASK-71
TEST_P(AsCompleted, CountsWhatIsGivenTwiceOnceAndNothingAsNothing) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    const auto task = create_task(child(out, "a", 10));
    const std::vector<Task<std::string>> twice(2, task);
    int count = 0;
    for (Coroutine<std::string>& next : as_completed(twice)) {
      EXPECT_EQ(co_await std::move(next), "a");
      ++count;
    }
    EXPECT_EQ(count, 1);
    for (Coroutine<std::string>& next : as_completed(Words(), ms(10))) {
      co_await std::move(next);
      ++count;
    }
    EXPECT_EQ(count, 1);
    EXPECT_EQ(get_running_loop().timers(), 0u);
  };
  run(body(&log), v.loop);
}

TEST_P(AsCompleted, BeginsNothingBeforeTheFirstIsAskedFor) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    auto results = as_completed(three_children(out));
    co_await sleep(ms(100));
    EXPECT_EQ(*out, Log());
    EXPECT_EQ(co_await results.next(), "b");
    co_await sleep(ms(100));
  };
  run(body(&log), v.loop);
  EXPECT_EQ(log, (Log{"b done", "c done", "a done"}));
}

TEST_P(AsCompleted, TicketsMayBeAwaitedSideBySide) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto body = [](Log* out) -> Coroutine<> {
    Words tickets;
    for (Coroutine<std::string>& next : as_completed(three_children(out))) {
      tickets.push_back(std::move(next));
    }
    const Log results = co_await gather(std::move(tickets));
    EXPECT_EQ(results, (Log{"b", "c", "a"}));
  };
  run(body(&log), v.loop);
}

// Woken and cancelled in one turn, a ticket must not take the wake-up along.
TEST_P(AsCompleted, ATicketThatIsCancelledPassesItsResultToTheNext) {
  VirtualLoop v(poller());
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> future;
    const Future<int> never;
    std::vector<Future<int>> both = {future, never};
    std::vector<Task<int>> tickets;
    auto results = as_completed(both);
    tickets.push_back(create_task(results.next()));
    tickets.push_back(create_task(results.next()));
    co_await sleep(ms(0));
    future.set_result(7);
    co_await sleep(ms(0));  // the queue has it, and has woken the first
    tickets[0].cancel();
    EXPECT_EQ(co_await tickets[1], 7);
    EXPECT_TRUE(tickets[0].cancelled());
    never.cancel();
  };
  run(body(), v.loop);
}

TEST_P(AsCompleted, HandsOverResultsThatCannotBeCopied) {
  VirtualLoop v(poller());
  constexpr auto make = []() -> Coroutine<std::unique_ptr<int>> {
    co_return std::make_unique<int>(7);
  };
  constexpr auto body = [](auto* one) -> Coroutine<> {
    std::vector<Coroutine<std::unique_ptr<int>>> all;
    all.push_back((*one)());
    auto results = as_completed(std::move(all));
    const auto result = co_await results.next();
    EXPECT_EQ(*result, 7);
  };
  run(body(&make), v.loop);
}

// The turn numbers are Python's.
TEST_P(AsCompleted, GoesOnOneTurnAfterThoseWhoAwaitTheFutureItself) {
  Log log;
  VirtualLoop v(poller());
  constexpr auto waiter = [](Future<std::string> future,
                             Log* out) -> Coroutine<> {
    auto results =
        as_completed(std::vector<Future<std::string>>(1, std::move(future)));
    out->push_back(co_await results.next());
  };
  constexpr auto body = [](auto* wait_for_it, Log* out) -> Coroutine<> {
    const Future<std::string> future;
    create_task((*wait_for_it)(future, out));
    co_await sleep(ms(0));
    future.set_result("result");
    co_await ticks(out, 4);
  };
  run(body(&waiter, &log), v.loop);
  EXPECT_EQ(log, (Log{"tick 0", "tick 1", "result", "tick 2", "tick 3"}));
}

// I2
TEST_P(AsCompleted, CancelledAtAnyAwaitCancelsNobody) {
  constexpr auto scenario = [](Log* out) -> Coroutine<> {
    for (Coroutine<std::string>& next :
         as_completed(three_children(out), ms(25))) {
      try {
        co_await std::move(next);
      } catch (const TimeoutError&) {
      }
    }
    co_await sleep(ms(1));
  };
  tests::cancel_everywhere(
      GetParam(), scenario, [](const Task<void>& victim, const Log& log) {
        EXPECT_TRUE(victim.cancelled());
        for (const std::string& line : log) {
          EXPECT_EQ(line.find("cancelled"), std::string::npos) << line;
        }
      });
}

}  // namespace
}  // namespace loop
