// What loop/event_loop.h and loop/inbox.h promise to other threads and to
// forked children.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"

namespace loop {
namespace {

using tests::ms;
using tests::VirtualLoop;

class EventLoopThreads : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, EventLoopThreads, tests::kEveryKind,
                         tests::name_of);

// LOOP-21: without the wake-up it would wait for ever.
TEST_P(EventLoopThreads, ThreadsafeCallsWakeALoopThatWaitsWithoutTimers) {
  std::thread other([this] {
    loop.call_soon_threadsafe([this] {
      // Nothing is ready now: the next turn really sleeps.
      loop.call_soon([] {});
    });
    loop.call_soon_threadsafe([this] { loop.stop(); });
  });
  loop.run_forever();
  other.join();
}

TEST_P(EventLoopThreads, CallsOfManyThreadsAllArriveEachThreadsInOrder) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 1000;
  std::vector<int> next(kThreads, 0);
  int arrived = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        loop.call_soon_threadsafe([&, t, i] {
          EXPECT_EQ(next[static_cast<size_t>(t)]++, i);
          if (++arrived == kThreads * kCalls) {
            loop.stop();
          }
        });
      }
    });
  }
  loop.run_forever();
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(arrived, kThreads * kCalls);
}

// From the loop's own thread it keeps its place among ordinary calls.
TEST_P(EventLoopThreads, ThreadsafeCallsFromInsideKeepTheirOrder) {
  tests::Log log;
  loop.call_soon([&] {
    loop.call_soon_threadsafe([&] { log.push_back("first"); });
    loop.call_soon([&] { log.push_back("second"); });
  });
  world.turn();
  world.turn();
  EXPECT_EQ(log, (tests::Log{"first", "second"}));
}

// LOOP-22: in Python a plain call_soon from a foreign thread goes unnoticed
// until something else wakes the loop. Here it is refused in a sentence.
TEST_P(EventLoopThreads, PlainCallsFromAForeignThreadAreRefused) {
  loop.call_soon([this] {
    std::thread([this] {
      EXPECT_THROW(loop.call_soon([] {}), std::logic_error);
      EXPECT_THROW(loop.call_later(ms(1), [] {}), std::logic_error);
      EXPECT_THROW(loop.remove_reader(0), std::logic_error);
      EXPECT_THROW(loop.stop(), std::logic_error);
      EXPECT_THROW(loop.set_debug(true), std::logic_error);
      EXPECT_THROW(get_running_loop(), std::runtime_error);
    }).join();
    loop.stop();
  });
  loop.run_forever();
}

TEST_P(EventLoopThreads, ALoopMayMoveToAnotherThreadBetweenRuns) {
  world.turn();
  std::thread([this] { world.turn(); }).join();
  world.turn();
  EXPECT_EQ(loop.turns(), 3u);
}

int exit_code_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Coroutine<int> seven() {
  co_await sleep(ms(1));
  co_return 7;
}

// A forked child shares the kernel's list of descriptors with its parent: it
// must not use the parent's loop, and can make its own.
TEST_P(EventLoopThreads, AForkedChildCannotUseTheLoopButCanMakeItsOwn) {
  int code = -1;
  loop.call_soon([&] {
    const pid_t child = fork();
    if (child == 0) {
      int failures = 0;
      try {
        get_running_loop();
        ++failures;
      } catch (const std::runtime_error&) {
      }
      try {
        loop.add_reader(0, [] {});
        ++failures;
      } catch (const std::logic_error&) {
      }
      failures += run(seven()) == 7 ? 0 : 1;
      _exit(failures);
    }
    code = exit_code_of(child);
    loop.stop();
  });
  loop.run_forever();
  EXPECT_EQ(code, 0);
}

TEST_P(EventLoopThreads, AForkedChildThatRunsTheLoopIsTold) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      loop.run_forever();
    } catch (const std::logic_error&) {
      _exit(0);
    }
    _exit(1);
  }
  EXPECT_EQ(exit_code_of(child), 0);
}

TEST(EventLoopFork, AForkedChildDoesNotEndTheWatchesOfItsParent) {
  EventLoop loop;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  bool told = false;
  loop.add_reader(ends[0], [&] {
    told = true;
    loop.stop();
  });
  const pid_t child = fork();
  if (child == 0) {
    loop.descriptors().forget(ends[0]);  // as destructors do: in silence
    try {
      loop.remove_reader(ends[0]);
    } catch (const std::logic_error&) {
      _exit(0);
    }
    _exit(1);
  }
  EXPECT_EQ(exit_code_of(child), 0);
  EXPECT_EQ(write(ends[1], "x", 1), 1);
  loop.call_later(scheduler::seconds(5), [&] { loop.stop(); });
  loop.run_forever();
  EXPECT_TRUE(told);
  loop.remove_reader(ends[0]);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace loop
