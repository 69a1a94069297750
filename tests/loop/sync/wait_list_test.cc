// The promises of loop/sync/wait_list.h: what all primitives have in common.
#include "loop/sync/wait_list.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <variant>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/sync/event.h"
#include "loop/sync/lock.h"
#include "loop/sync/semaphore.h"
#include "loop/task.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/support/allocations.h"

namespace loop::sync {
namespace {

using tests::allocations;
using tests::Log;
using tests::ms;
using tests::turns;
using tests::VirtualLoop;

Coroutine<> use(Lock* lock, Semaphore* semaphore, Event* event) {
  for (;;) {
    const auto held = co_await lock->scoped();
    const auto permit = co_await semaphore->scoped();
    co_await event->wait();
    co_await sleep(ms(0));
  }
}

Coroutine<> set_and_clear(Event* event) {
  for (;;) {
    event->set();
    event->clear();
    co_await sleep(ms(0));
  }
}

TEST(WaitList, WaitingAllocatesNothing) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    Lock lock;
    Semaphore semaphore(1);
    Event event;
    const auto setter = create_task(set_and_clear(&event));
    const auto a = create_task(use(&lock, &semaphore, &event));
    const auto b = create_task(use(&lock, &semaphore, &event));
    co_await turns(5);
    const int before = allocations();
    for (int i = 0; i < 100; ++i) {
      co_await sleep(ms(0));
    }
    EXPECT_EQ(allocations(), before);
    for (const auto& task : {setter, a, b}) {
      task.cancel();
      co_await task.any().finished();
    }
  };
  run(body(), v.loop);
}

TEST(WaitList, AnAwaiterMayBeHandedToWhoeverWaitsForSeveral) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    Event event;
    Lock lock;
    co_await lock.acquire();
    const auto both = gather(event.wait(), lock.acquire());
    co_await turns(1);
    event.set();
    lock.release();
    co_await both;
    EXPECT_TRUE(lock.locked());
  };
  run(body(), v.loop);
}

TEST(WaitList, AnAwaiterMayBeAwaitedAgain) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    Semaphore semaphore(0);
    auto acquire = semaphore.acquire();
    const auto first = gather(acquire);  // a copy of it
    co_await turns(1);
    semaphore.release();
    semaphore.release();
    co_await acquire;  // waits behind the first
    co_await first;
    semaphore.release();
    EXPECT_FALSE(semaphore.locked());
    co_await acquire;
    EXPECT_TRUE(semaphore.locked());
  };
  run(body(), v.loop);
}

Coroutine<> wait(Event* event) {
  co_await event->wait();
}

TEST(WaitList, TasksOfTwoLoopsCannotWaitTogether) {
  Event event;
  VirtualLoop one;
  const auto waiting = one.loop.create_task(wait(&event));
  one.loop.stop();
  one.loop.run_forever();
  VirtualLoop two;
  EXPECT_THROW(loop::run(wait(&event), two.loop), std::runtime_error);
  event.set();
  one.loop.run_until_complete(waiting);
}

TEST(WaitList, AnotherThreadThatWakesIsToldSo) {
  VirtualLoop v;
  constexpr auto body = []() -> Coroutine<> {
    Event event;
    const auto waiting = create_task(wait(&event));
    co_await turns(1);
    std::thread([&event] {
      EXPECT_THROW(event.set(), std::logic_error);
    }).join();
    EXPECT_FALSE(waiting.done());
    waiting.cancel();
    co_await waiting.any().finished();
  };
  run(body(), v.loop);
}

TEST(WaitList, OneCancelledInTheTurnInWhichItBeginsToWaitDoesNotWait) {
  VirtualLoop v;
  Log log;
  constexpr auto wait_cancelled = [](Event* event, Log* out) -> Coroutine<> {
    current_task()->cancel();
    out->push_back("waits");
    co_await event->wait();
    out->push_back("never");
  };
  constexpr auto body = [](Coroutine<> waiting) -> Coroutine<> {
    const auto task = create_task(std::move(waiting));
    co_await turns(2);
    EXPECT_TRUE(task.cancelled());
  };
  Event event;
  run(body(wait_cancelled(&event, &log)), v.loop);
  EXPECT_EQ(log, Log{"waits"});
}

// The loop first, or the lock first.
TEST(WaitList, AClosingLoopLeavesNoTraceInIt) {
  tests::Reports reports;
  Event event;
  {
    VirtualLoop v;
    v.loop.create_task(wait(&event));
    v.loop.stop();
    v.loop.run_forever();
  }
  event.set();  // would touch a frame that is gone
  VirtualLoop v;
  auto brief = std::make_unique<Event>();
  v.loop.create_task(wait(brief.get()));
  v.loop.stop();
  v.loop.run_forever();
  brief.reset();
  EXPECT_EQ(v.loop.tasks()[0].stack(), (Log{"wait", "something that is gone"}));
}

}  // namespace
}  // namespace loop::sync
