// The promises of loop/event_loop.h, over every poller.
#include "loop/event_loop.h"

#include <sys/epoll.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/epoll_poller.h"
#include "loop/future.h"
#include "loop/handle.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using scheduler::TimePoint;
using tests::Log;
using tests::ms;
using tests::Reports;
using tests::VirtualLoop;

class EventLoopTurn : public tests::EveryWorld {
 protected:
  auto write(std::string word) {
    return [this, word] { log.push_back(word); };
  }
  Log log;
};
INSTANTIATE_TEST_SUITE_P(Pollers, EventLoopTurn, tests::kEveryKind,
                         tests::name_of);

// LOOP-01 LOOP-05
TEST_P(EventLoopTurn, IsReadyOnesThenDescriptorsThenTimers) {
  const os::Pipe pipe = os::make_pipe();
  os::write_all(pipe.writer.get(), os::bytes_of("x"));
  loop.call_later(ms(-1), write("timer"));
  loop.add_reader(pipe.reader.get(), write("reader"));
  loop.call_soon(write("soon"));
  world.turn();
  EXPECT_EQ(log, (Log{"soon", "reader", "timer"}));
  loop.remove_reader(pipe.reader.get());
}

// LOOP-02
TEST_P(EventLoopTurn, RunsCallbacksInTheOrderOfTheirCalls) {
  for (const char* word : {"a", "b", "c"}) {
    loop.call_soon(write(word));
  }
  world.turn();
  EXPECT_EQ(log, (Log{"a", "b", "c"}));
}

// LOOP-03, I1
TEST_P(EventLoopTurn, ACallbackAddedDuringItRunsInTheNext) {
  loop.call_soon([this] {
    log.push_back("a");
    loop.call_soon(write("d"));
  });
  loop.call_soon(write("b"));
  loop.call_soon(write("c"));
  world.turn();
  log.push_back("end of turn");
  world.turn();
  EXPECT_EQ(log, (Log{"a", "b", "c", "end of turn", "d"}));
}

// Queues itself again in every turn.
void chain(EventLoop* loop, int* left) {
  if (--*left > 0) {
    loop->call_soon(&chain, loop, left);
  } else {
    loop->stop();
  }
}

// LOOP-04
TEST_P(EventLoopTurn, AnEndlessChainStarvesNeitherDescriptorsNorTimers) {
  const os::Pipe pipe = os::make_pipe();
  os::write_all(pipe.writer.get(), os::bytes_of("x"));
  int left = 1000;
  loop.add_reader(pipe.reader.get(), [&] {
    log.push_back("reader");
    loop.remove_reader(pipe.reader.get());
  });
  loop.call_later(ms(0), write("timer"));
  loop.call_soon(&chain, &loop, &left);
  loop.run_forever();
  EXPECT_EQ(log, (Log{"reader", "timer"}));
}

// LOOP-06
TEST_P(EventLoopTurn, AnIdleLoopWaitsInsteadOfTurning) {
  loop.call_later(ms(50), [this] { loop.stop(); });
  loop.run_forever();
  EXPECT_LE(loop.turns(), 2u);
}

// LOOP-07
TEST_P(EventLoopTurn, ACancelledHandleNeverRuns) {
  Handle handle = loop.call_soon(write("never"));
  handle.cancel();
  handle.cancel();
  EXPECT_TRUE(handle.cancelled());
  world.turn();
  EXPECT_EQ(log, Log());

  Handle ran = loop.call_soon(write("ran"));
  world.turn();
  ran.cancel();
  EXPECT_FALSE(ran.cancelled());
  EXPECT_EQ(log, (Log{"ran"}));
}

// LOOP-08
TEST_P(EventLoopTurn, TimersFireOnceInTheOrderOfTheirDeadlinesAndNotBefore) {
  const TimePoint start = loop.time();
  for (const int delay : {6, 2, 4}) {
    loop.call_later(ms(delay), [this, start, delay] {
      EXPECT_GE(loop.time(), start + ms(delay));
      log.push_back(std::to_string(delay));
    });
  }
  const TimerHandle last = loop.call_at(start + ms(8), [this] { loop.stop(); });
  EXPECT_EQ(last.when(), start + ms(8));
  loop.run_forever();
  EXPECT_EQ(log, (Log{"2", "4", "6"}));
}

// LOOP-09
TEST_P(EventLoopTurn, ATimerThatIsDueRunsBehindWhatWasReadyBefore) {
  loop.call_later(ms(-1), write("neg"));
  loop.call_later(ms(0), write("later0"));
  loop.call_soon(write("soon"));
  world.turn();
  EXPECT_EQ(log, (Log{"soon", "neg", "later0"}));
}

// LOOP-10
TEST_P(EventLoopTurn, ACancelledTimerDoesNotKeepTheLoopAwake) {
  TimerHandle cancelled = loop.call_later(ms(1), write("never"));
  loop.call_later(ms(20), [this] { loop.stop(); });
  cancelled.cancel();
  EXPECT_EQ(loop.timers(), 1u);
  loop.run_forever();
  EXPECT_LE(loop.turns(), 2u);
  EXPECT_EQ(log, Log());
}

// LOOP-11
TEST_P(EventLoopTurn, StopLetsTheTurnInProgressEnd) {
  loop.call_soon([this] {
    log.push_back("1");
    loop.stop();
    loop.call_soon(write("next turn"));
  });
  loop.call_soon(write("2"));
  loop.run_forever();
  log.push_back("stopped");
  EXPECT_EQ(log, (Log{"1", "2", "stopped"}));
  world.turn();
  EXPECT_EQ(log.back(), "next turn");
}

// LOOP-12
TEST_P(EventLoopTurn, RunUntilCompleteGivesValueOrError) {
  constexpr auto value = []() -> Coroutine<int> { co_return 7; };
  constexpr auto error = []() -> Coroutine<> {
    throw std::out_of_range("key");
    co_return;
  };
  EXPECT_EQ(loop.run_until_complete(value()), 7);
  EXPECT_THROW(loop.run_until_complete(error()), std::out_of_range);
}

// LOOP-12
TEST_P(EventLoopTurn, StoppedBeforeItsFutureIsDoneIsARuntimeError) {
  const auto future = loop.create_future<int>();
  loop.call_soon([this] { loop.stop(); });
  EXPECT_THROW(loop.run_until_complete(future), std::runtime_error);
  future.set_result(7);
  EXPECT_EQ(loop.run_until_complete(future), 7);
}

Coroutine<> nothing() {
  co_return;
}

// LOOP-13
TEST_P(EventLoopTurn, AClosedLoopRefusesEverythingAndMayBeClosedAgain) {
  Reports reports;
  loop.close();
  loop.close();
  EXPECT_TRUE(loop.is_closed());
  EXPECT_THROW(loop.call_soon([] {}), std::runtime_error);
  EXPECT_THROW(loop.call_later(ms(1), [] {}), std::runtime_error);
  EXPECT_THROW(loop.call_soon_threadsafe([] {}), std::runtime_error);
  EXPECT_THROW(loop.create_task(nothing()), std::runtime_error);
  EXPECT_THROW(loop.add_reader(0, [] {}), std::runtime_error);
  EXPECT_THROW(loop.run_forever(), std::runtime_error);
  EXPECT_THROW(loop.run_until_complete(nothing()), std::runtime_error);
  EXPECT_EQ(reports.messages, (Log{"coroutine 'nothing' was never awaited",
                                   "coroutine 'nothing' was never awaited"}));
}

// LOOP-13
TEST_P(EventLoopTurn, ARunningLoopCannotBeClosed) {
  loop.call_soon([this] {
    EXPECT_THROW(loop.close(), std::runtime_error);
    loop.stop();
  });
  loop.run_forever();
  EXPECT_FALSE(loop.is_closed());
}

// LOOP-14
TEST_P(EventLoopTurn, NeitherTheSameNorAnotherLoopRunsInsideARunningOne) {
  VirtualLoop other;
  loop.call_soon([&] {
    EXPECT_THROW(loop.run_forever(), std::runtime_error);
    EXPECT_THROW(other.loop.run_forever(), std::runtime_error);
    loop.call_soon([this] { loop.stop(); });
    log.push_back("unaffected");
  });
  loop.run_forever();
  EXPECT_EQ(log, (Log{"unaffected"}));
  EXPECT_FALSE(loop.is_running());
}

// LOOP-15
TEST_P(EventLoopTurn, TheRunningLoopIsKnownInsideAndAnErrorOutside) {
  EXPECT_THROW(get_running_loop(), std::runtime_error);
  loop.call_soon([this] { EXPECT_EQ(&get_running_loop(), &loop); });
  world.turn();
  EXPECT_THROW(get_running_loop(), std::runtime_error);
}

// LOOP-19, I4
TEST_P(EventLoopTurn, AnErrorInACallbackIsReportedAndTheNextOneRuns) {
  loop.set_exception_handler([this](const Report& report) {
    log.push_back(report.message + ": " + describe(report.error));
  });
  loop.call_soon([] { throw std::out_of_range("boom"); });
  loop.call_soon(write("after boom"));
  world.turn();
  EXPECT_EQ(log,
            (Log{"a callback failed: std::out_of_range: boom", "after boom"}));
}

// I4
TEST_P(EventLoopTurn, AnExitRequestLeavesTheRunAndTheRestOfItsTurnIsKept) {
  loop.call_soon([] { throw scheduler::SystemExit(3); });
  loop.call_soon([&] {
    log.push_back("next");
    loop.stop();
  });
  EXPECT_THROW(loop.run_forever(), scheduler::SystemExit);
  EXPECT_FALSE(loop.is_running());
  EXPECT_EQ(log, Log());
  loop.run_forever();
  EXPECT_EQ(log, Log{"next"});
}

TEST_P(EventLoopTurn, AnErrorInTheExceptionHandlerIsReportedToo) {
  Reports reports;
  loop.set_exception_handler(
      [](const Report&) { throw std::logic_error("handler"); });
  loop.call_soon([] { throw std::out_of_range("boom"); });
  world.turn();
  EXPECT_EQ(reports.messages,
            (Log{"the exception handler itself failed: std::logic_error: "
                 "handler",
                 "a callback failed: std::out_of_range: boom"}));
}

// LOOP-02
TEST_P(EventLoopTurn, ArgumentsTravelWithTheCallback) {
  loop.call_soon(
      [this](std::unique_ptr<int> n, std::string s) {
        log.push_back(s + std::to_string(*n));
      },
      std::make_unique<int>(7), "n=");
  world.turn();
  EXPECT_EQ(log, (Log{"n=7"}));
}

// I3: the count of polls is the count of virtual looks at the world.
class CountingPoller final : public Poller {
 public:
  explicit CountingPoller(int* waits) : waits_(waits) {}
  void watch(int, Interest) override {}
  std::span<const PollEvent> wait(std::optional<scheduler::Duration>) override {
    ++*waits_;
    return {};
  }

 private:
  int* const waits_;
};

// I3
TEST(EventLoop, DoesNotPollWhileSomebodyCanRunAndNothingIsWatched) {
  int waits = 0;
  EventLoop loop(std::make_unique<CountingPoller>(&waits),
                 scheduler::SteadyClock::instance());
  int left = 100;
  loop.call_soon(&chain, &loop, &left);
  loop.run_forever();
  EXPECT_EQ(waits, 0);
}

Coroutine<> hold(VirtualLoop* world, scheduler::Duration how_long) {
  world->clock.advance(how_long);
  co_return;
}

// LOOP-20
TEST(EventLoop, InDebugASlowCallbackIsReportedByName) {
  Reports reports;
  VirtualLoop v;
  v.loop.set_debug(true);
  v.loop.run_until_complete(hold(&v, ms(99)));
  v.loop.run_until_complete(hold(&v, ms(100)));
  EXPECT_EQ(reports.messages,
            (Log{"task 'hold': hold held the loop for 0.100000 s"}));
}

Coroutine<> hour_by_hour(Log* log) {
  for (int hour = 1; hour <= 3; ++hour) {
    co_await sleep(std::chrono::hours(1));
    log->push_back(std::to_string(hour));
  }
}

// C-079
TEST(EventLoop, HoursOfVirtualTimeTakeNoTime) {
  Log log;
  VirtualLoop v;
  run(hour_by_hour(&log), v.loop);
  EXPECT_EQ(log, (Log{"1", "2", "3"}));
  EXPECT_EQ(v.clock.now().time_since_epoch(), std::chrono::hours(3));
}

TEST(EventLoop, ForgetsItsHandlerAndItsClockWhenItCloses) {
  const auto owned = std::make_shared<int>(1);
  VirtualLoop v;
  v.loop.set_exception_handler([owned](const Report&) {});
  v.loop.close();
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_THROW(v.loop.call_later(ms(1), [] {}), std::runtime_error);
}

TEST(EventLoop, ARunThatFailedDoesNotStopALaterOne) {
  EventLoop loop;
  const Future<void> first = loop.create_future<void>();
  {
    const tests::SwapSyscall swap(&os::Syscalls::epoll_wait,
                                  [](int, epoll_event*, int, int) {
                                    errno = EBADF;
                                    return -1;
                                  });
    EXPECT_THROW(loop.run_until_complete(first), std::system_error);
  }
  const Future<void> second = loop.create_future<void>();
  first.set_result();
  loop.call_later(ms(1), [&] { second.set_result(); });
  EXPECT_NO_THROW(loop.run_until_complete(second));
}

TEST(EventLoop, DropsWhatIsQueuedWhenItCloses) {
  const auto owned = std::make_shared<int>(1);
  {
    VirtualLoop v;
    // Held beyond close(), so it is close() that drops the callback.
    const Future<int> done = v.loop.create_future<int>();
    v.loop.call_soon([owned] { FAIL(); });
    v.loop.call_later(ms(1), [owned] { FAIL(); });
    v.loop.call_soon_threadsafe([owned] { FAIL(); });
    done.set_result(1);
    done.add_done_callback([owned](const Future<int>&) { FAIL(); });
    v.loop.close();
    EXPECT_EQ(owned.use_count(), 1);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

class CountingClock final : public scheduler::Clock {
 public:
  TimePoint now() const override {
    ++looks;
    return TimePoint();
  }
  void sleep_until(TimePoint) override {}
  mutable int looks = 0;
};

// I3
TEST(EventLoop, DoesNotLookAtTheClockWhileNoTimerRuns) {
  const CountingClock clock;
  EventLoop loop(std::make_unique<EpollPoller>(), clock);
  loop.run_until_complete([]() -> Coroutine<> {
    for (int i = 0; i < 10; ++i) {
      co_await sleep(ms(0));
    }
  }());
  EXPECT_EQ(clock.looks, 0);
}

TEST(EventLoop, AnExceptionHandlerMayReplaceItself) {
  EventLoop loop;
  const std::string mine = "a capture that does not fit into a pointer";
  std::string seen;
  loop.set_exception_handler([&, mine](const Report&) {
    loop.set_exception_handler([](const Report&) {});
    seen = mine;  // its own closure is still there
  });
  loop.call_soon([] { throw std::runtime_error("boom"); });
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  EXPECT_EQ(seen, mine);
}

TEST(EventLoop, ADelayBeyondAllTimeIsDueAtOnce) {
  EventLoop loop;
  int calls = 0;
  loop.call_later(scheduler::Duration::min(), [&] { ++calls; });
  loop.call_at(TimePoint::min(), [&] {
    ++calls;
    loop.stop();
  });
  loop.run_forever();
  EXPECT_EQ(calls, 2);
}

TEST(EventLoop, AClosedOneHasNoTime) {
  VirtualLoop v;
  v.loop.close();
  EXPECT_THROW(v.loop.time(), std::runtime_error);
}

}  // namespace
}  // namespace loop
