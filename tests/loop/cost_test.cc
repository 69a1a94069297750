// What the loop promises to spend: no allocation and no system call that it
// need not, and no more time for a million timers than for a few.
#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/handle.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/loop/support.h"
#include "tests/support/allocations.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using scheduler::Duration;
using tests::allocations;
using tests::ms;
using tests::VirtualLoop;

constexpr int kTimes = 1000;

Coroutine<> yield_each_turn(int times) {
  for (int i = 0; i < times; ++i) {
    co_await sleep(Duration::zero());
  }
}

TEST(Cost, ATaskSwitchAllocatesNothing) {
  constexpr auto body = []() -> Coroutine<> {
    const Task<void> other = create_task(yield_each_turn(kTimes + 2));
    co_await sleep(Duration::zero());
    const int before = allocations();
    for (int i = 0; i < kTimes; ++i) {
      co_await sleep(Duration::zero());
    }
    EXPECT_EQ(allocations(), before);
    co_await other;
  };
  run(body());
}

TEST(Cost, AChildIsAwaitedWithoutAllocationOnceAFrameOfItsSizeWasDropped) {
  constexpr auto body = []() -> Coroutine<> {
    co_await yield_each_turn(0);
    const int before = allocations();
    for (int i = 0; i < kTimes; ++i) {
      co_await yield_each_turn(0);
    }
    EXPECT_EQ(allocations(), before);
  };
  run(body());
}

TEST(Cost, AwaitingAReadyFutureAllocatesNothing) {
  constexpr auto body = []() -> Coroutine<> {
    const Future<int> ready;
    ready.set_result(1);
    const Future<void> ready_too;
    ready_too.set_result();
    const int before = allocations();
    int sum = 0;
    for (int i = 0; i < kTimes; ++i) {
      sum += co_await ready;
      co_await ready_too;
    }
    EXPECT_EQ(allocations(), before);
    EXPECT_EQ(sum, kTimes);
  };
  run(body());
}

TEST(Cost, AwaitingAPendingFutureAllocatesNothingBesidesTheFuture) {
  static Future<void>* next;
  constexpr auto complete = []() -> Coroutine<> {
    for (int i = 0; i < kTimes; ++i) {
      next->set_result();
      co_await sleep(Duration::zero());
      co_await sleep(Duration::zero());
    }
  };
  constexpr auto body = [](Coroutine<> completer) -> Coroutine<> {
    std::vector<Future<void>> futures(kTimes);
    const Task<void> other = create_task(std::move(completer));
    const int before = allocations();
    for (Future<void>& future : futures) {
      next = &future;
      co_await future;
    }
    EXPECT_EQ(allocations(), before);
    co_await other;
  };
  run(body(complete()));
}

TEST(Cost, ASleepAllocatesNothing) {
  VirtualLoop world;
  constexpr auto body = []() -> Coroutine<> {
    co_await sleep(ms(1));  // the heap has room for one from now on
    const int before = allocations();
    for (int i = 0; i < kTimes; ++i) {
      co_await sleep(ms(1));
    }
    EXPECT_EQ(allocations(), before);
  };
  run(body(), world.loop);
}

TEST(Cost, ATurnPollsOnceHoweverManyRunInIt) {
  static int polls;
  polls = 0;
  const tests::SwapSyscall count(
      &os::Syscalls::epoll_wait,
      [](int epoll, epoll_event* events, int size, int timeout_ms) {
        ++polls;
        return ::epoll_wait(epoll, events, size, timeout_ms);
      });
  constexpr auto body = [](int watched) -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.push_back(create_task(yield_each_turn(100)));
    }
    // Nothing to look after: no poll.
    co_await yield_each_turn(10);
    EXPECT_EQ(polls, 0);
    loop.add_reader(watched, [] {});
    co_await sleep(Duration::zero());
    const int polls_before = polls;
    const uint64_t turns_before = loop.turns();
    co_await yield_each_turn(50);
    EXPECT_EQ(loop.turns() - turns_before, 50u);
    EXPECT_EQ(polls - polls_before, 50);
    loop.remove_reader(watched);
    for (const Task<void>& task : tasks) {
      co_await task;
    }
  };
  const os::Pipe pipe = os::make_pipe();
  run(body(pipe.reader.get()));
}

TEST(Cost, AMillionTimersFireInOrder) {
  constexpr int kTimers = 1'000'000;
  VirtualLoop world;
  int fired = 0;
  bool in_order = true;
  scheduler::TimePoint last = world.loop.time();
  for (int i = 0; i < kTimers; ++i) {
    // Over and over through all milliseconds of a second.
    world.loop.call_later(ms(i * 7919 % 1000), [&] {
      in_order = in_order && last <= world.loop.time();
      last = world.loop.time();
      if (++fired == kTimers) {
        world.loop.stop();
      }
    });
  }
  EXPECT_EQ(world.loop.timers(), size_t{kTimers});
  world.loop.run_forever();
  EXPECT_EQ(fired, kTimers);
  EXPECT_TRUE(in_order);
  EXPECT_LE(world.loop.turns(), 1001u);
}

TEST(Cost, AMillionTimersCanBeCancelledInAnyOrder) {
  constexpr size_t kTimers = 1'000'000;
  VirtualLoop world;
  std::vector<TimerHandle> handles;
  handles.reserve(kTimers);
  for (size_t i = 0; i < kTimers; ++i) {
    handles.push_back(world.loop.call_later(
        ms(static_cast<int>(i * 7919 % 1'000'000)), [] { ADD_FAILURE(); }));
  }
  for (size_t i = 0; i < kTimers; ++i) {
    handles[i * 104'729 % kTimers].cancel();
  }
  EXPECT_EQ(world.loop.timers(), 0u);
}

}  // namespace
}  // namespace loop
