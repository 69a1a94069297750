// The promises of scheduler/green/scheduler.h and green_thread.h. Cooperative
// threads in virtual time: each run is the same.
#include "scheduler/green/scheduler.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/green/channel.h"
#include "scheduler/green/condition.h"
#include "scheduler/green/green_thread.h"
#include "scheduler/green/mutex.h"
#include "scheduler/green/sanitizers.h"
#include "scheduler/task_state.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"
#include "tests/support/swap_syscall.h"

namespace scheduler::green {
namespace {

using Log = std::vector<std::string>;

class GreenSchedulerTest : public testing::Test {
 protected:
  // A body that notes each of its steps and yields after it.
  std::function<void()> steps(std::string name, int count) {
    return [this, name, count] {
      for (int i = 1; i <= count; ++i) {
        log.push_back(name + std::to_string(i));
        yield();
      }
    };
  }

  ManualClock clock;
  Scheduler scheduler{clock};
  Log log;
};

// C-012 I1
TEST_F(GreenSchedulerTest, ThreadsThatYieldTakeTurnsInTheOrderOfTheirSpawn) {
  scheduler.spawn("A", steps("A", 3));
  scheduler.spawn("B", steps("B", 2));
  scheduler.spawn("C", steps("C", 3));
  scheduler.run();
  EXPECT_EQ(log, (Log{"A1", "B1", "C1", "A2", "B2", "C2", "A3", "C3"}));
}

// C-012
TEST_F(GreenSchedulerTest, AThreadThatDoesNotYieldRunsToItsEnd) {
  scheduler.spawn("A", [this] { log = {"A1", "A2", "A3"}; });
  scheduler.spawn("B", [this] { log.push_back("B1"); });
  scheduler.run();
  EXPECT_EQ(log, (Log{"A1", "A2", "A3", "B1"}));
}

// C-012 I2
TEST_F(GreenSchedulerTest, ThereAreExactlyAsManySwitchesAsYields) {
  Timeline timeline(clock);
  scheduler.observe(&timeline);
  scheduler.spawn("A", steps("A", 7));
  scheduler.spawn("B", steps("B", 4));
  scheduler.run();
  int own = 0;
  int forced = 0;
  for (const Event& event : timeline.events()) {
    if (event.verb == Verb::kSuspended) {
      ++(event.decider == Decider::kTask ? own : forced);
    }
  }
  EXPECT_EQ(own, 7 + 4);
  EXPECT_EQ(forced, 0);
}

TEST_F(GreenSchedulerTest, TheTraceTellsEachLifeInFiveVerbs) {
  Timeline timeline(clock);
  scheduler.observe(&timeline);
  scheduler.spawn("A", [] { sleep_for(seconds(1)); });
  scheduler.run();
  std::vector<Verb> verbs;
  for (const Event& event : timeline.events()) {
    verbs.push_back(event.verb);
  }
  EXPECT_EQ(verbs,
            (std::vector{Verb::kCreated, Verb::kRunning, Verb::kSuspended,
                         Verb::kWoken, Verb::kRunning, Verb::kFinished}));
  EXPECT_EQ(timeline.events()[2].reason, Reason::kSleep);
}

TEST_F(GreenSchedulerTest, AYieldWithNobodyElseReadyReturnsAtOnce) {
  scheduler.spawn("A", steps("A", 2));
  scheduler.run();
  EXPECT_EQ(log, (Log{"A1", "A2"}));
}

TEST_F(GreenSchedulerTest, SleepersWakeInTheOrderOfTheirTimes) {
  for (const int time : {3, 1, 2}) {
    scheduler.spawn("sleeper", [this, time] {
      sleep_for(seconds(time));
      log.push_back(std::to_string(time));
    });
  }
  scheduler.run();
  EXPECT_EQ(log, (Log{"1", "2", "3"}));
  EXPECT_EQ(clock.now(), TimePoint(seconds(3)));
}

TEST_F(GreenSchedulerTest, EqualTimesWakeWhoLayDownFirst) {
  for (const char* name : {"A", "B", "C"}) {
    scheduler.spawn(name, [this, name] {
      sleep_until(TimePoint(seconds(1)));
      log.emplace_back(name);
    });
  }
  scheduler.run();
  EXPECT_EQ(log, (Log{"A", "B", "C"}));
}

TEST_F(GreenSchedulerTest, OthersRunWhileOneSleeps) {
  scheduler.spawn("sleeper", [this] {
    sleep_for(seconds(2));
    log.emplace_back("woken");
  });
  scheduler.spawn("worker", [this] {
    for (int i = 0; i < 4; ++i) {
      clock.advance(seconds(1));
      log.push_back("at " + std::to_string(i + 1));
      yield();
    }
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"at 1", "at 2", "woken", "at 3", "at 4"}));
}

TEST_F(GreenSchedulerTest, JoinReturnsAfterTheEndOfTheOther) {
  GreenThread& worker = scheduler.spawn("worker", steps("worker ", 2));
  scheduler.spawn("parent", [&] {
    log.emplace_back("joins");
    worker.join();
    log.emplace_back(worker.is_alive() ? "alive" : "ended");
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"worker 1", "joins", "worker 2", "ended"}));
}

TEST_F(GreenSchedulerTest, JoiningAThreadThatHasEndedReturnsAtOnce) {
  GreenThread& worker = scheduler.spawn("worker", [] {});
  scheduler.spawn("parent", [&] {
    worker.join();
    worker.join();
  });
  scheduler.run();
  EXPECT_FALSE(worker.is_alive());
}

TEST_F(GreenSchedulerTest, AThreadMaySpawnThreads) {
  scheduler.spawn("parent", [this] {
    GreenThread& child = Scheduler::current().spawn("child", steps("child", 1));
    child.join();
    log.emplace_back("parent");
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"child1", "parent"}));
}

TEST_F(GreenSchedulerTest, RunMayBeCalledAgainForNewThreads) {
  scheduler.spawn("A", steps("A", 1));
  scheduler.run();
  scheduler.spawn("B", steps("B", 1));
  scheduler.run();
  EXPECT_EQ(log, (Log{"A1", "B1"}));
}

TEST_F(GreenSchedulerTest, AThreadKnowsItsNameAndItsState) {
  GreenThread& thread = scheduler.spawn("A", [this] {
    log.push_back(Scheduler::current().self().name());
    EXPECT_EQ(Scheduler::current().self().state(), TaskState::kRunning);
  });
  EXPECT_EQ(thread.state(), TaskState::kReady);
  scheduler.run();
  EXPECT_EQ(thread.state(), TaskState::kTerminated);
  EXPECT_EQ(log, (Log{"A"}));
  EXPECT_EQ(Scheduler::running(), nullptr);
}

// I4
TEST_F(GreenSchedulerTest, AnExceptionReachesWhoeverJoins) {
  GreenThread& bad = scheduler.spawn("bad", [] {
    yield();
    throw std::runtime_error("no");
  });
  scheduler.spawn("parent", [&] {
    try {
      bad.join();
    } catch (const std::runtime_error& error) {
      log.emplace_back(error.what());
    }
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"no"}));
}

// I4
TEST_F(GreenSchedulerTest, AnExceptionThatNobodyJoinsForLeavesRun) {
  scheduler.spawn("bad", [] { throw std::runtime_error("no"); });
  scheduler.spawn("good", steps("good", 1));
  EXPECT_THROW(scheduler.run(), std::runtime_error);
  EXPECT_EQ(log, (Log{"good1"}));
  scheduler.run();  // told once
}

// Fiber I1
TEST_F(GreenSchedulerTest, AnExceptionInTheHandsOfOneThreadStaysThere) {
  const auto body = [this](int number) {
    try {
      throw number;
    } catch (int caught) {
      yield();  // the other one throws and catches now
      try {
        throw;
      } catch (int again) {
        log.push_back(std::to_string(caught) + std::to_string(again));
      }
    }
    EXPECT_EQ(std::uncaught_exceptions(), 0);
  };
  scheduler.spawn("A", [=] { body(1); });
  scheduler.spawn("B", [=] { body(2); });
  scheduler.run();
  EXPECT_EQ(log, (Log{"11", "22"}));
}

// Fiber I1
TEST_F(GreenSchedulerTest, AThreadMayYieldWhileAnExceptionUnwindsItsStack) {
  struct YieldsAtTheEnd {
    ~YieldsAtTheEnd() { yield(); }
  };
  const auto body = [this](const char* what) {
    try {
      const YieldsAtTheEnd yields;
      throw std::string(what);
    } catch (const std::string& caught) {
      log.push_back(caught);
    }
  };
  scheduler.spawn("A", [=] { body("a"); });
  scheduler.spawn("B", [=] {
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    body("b");
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"a", "b"}));
}

TEST_F(GreenSchedulerTest, ADeadlockIsReportedWithWhoWaitsForWhat) {
  GreenThread* threads[2] = {};
  threads[0] = &scheduler.spawn("A", [&] { threads[1]->join(); });
  threads[1] = &scheduler.spawn("B", [&] { threads[0]->join(); });
  try {
    scheduler.run();
    ADD_FAILURE() << "not noticed";
  } catch (const DeadlockError& error) {
    EXPECT_STREQ(error.what(),
                 "deadlock: A waits for the end of B; B waits for the end of "
                 "A");
  }
}

// I4
TEST_F(GreenSchedulerTest, ADeadlockUnwindsTheStacksOfThoseItHolds) {
  auto held = std::make_shared<int>();
  scheduler.spawn("A", [this, held] {
    struct Notes {
      ~Notes() { log.emplace_back("unwound"); }
      Log& log;
    };
    const Notes notes{log};
    Scheduler::current().self().join();  // waits for its own end
  });
  scheduler.spawn("B", steps("B", 2));
  EXPECT_THROW(scheduler.run(), DeadlockError);
  EXPECT_EQ(log, (Log{"B1", "B2", "unwound"}));
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(GreenSchedulerTest, WhileADeadlockUnwindsAllButWaitingIsAllowed) {
  Mutex mutex;
  Condition condition;
  Channel<int> channel(1);
  Channel<int> values(2);
  struct CleansUp {
    ~CleansUp() {
      channel.close();
      condition.notify_all();
      values.send(1);
      Scheduler::current().spawn("late", [this] { log.emplace_back("late"); });
      yield();
      log.emplace_back("cleaned up");
    }
    Channel<int>& channel;
    Channel<int>& values;
    Condition& condition;
    Log& log;
  };
  for (int i = 0; i < 2; ++i) {
    scheduler.spawn("A", [&] {
      const CleansUp cleans_up{channel, values, condition, log};
      values.receive();  // the same queue for both
    });
  }
  scheduler.spawn("B", [&] {
    mutex.lock();
    condition.wait(mutex);
  });
  scheduler.spawn("C", [&] { channel.receive(); });
  EXPECT_THROW(scheduler.run(), DeadlockError);
  EXPECT_EQ(std::count(log.begin(), log.end(), "cleaned up"), 2);
  EXPECT_EQ(std::count(log.begin(), log.end(), "late"), 2);
}

// A body that takes the unwinding for an error of its own.
TEST_F(GreenSchedulerTest, WhoWaitsAgainWhileADeadlockUnwindsItEndsTheProcess) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "a forked child switches between fibers that the sanitizer "
                  "knows from the parent, and calls that a race";
#endif
  Channel<int> channel(1);
  scheduler.spawn("A", [&] {
    for (;;) {
      try {
        channel.receive();
      } catch (...) {
      }
    }
  });
  EXPECT_DEATH(scheduler.run(),
               "green thread A waits again while a deadlock unwinds it: nobody "
               "is left to wake it");
  Scheduler other(clock);
  other.spawn("B", [] {
    for (;;) {
      try {
        Scheduler::current().self().join();
      } catch (...) {
        sleep_for(seconds(1));
      }
    }
  });
  EXPECT_DEATH(other.run(), "green thread B waits again");
}

// GreenThread I3
TEST_F(GreenSchedulerTest, ADeadlockNamesTheErrorsThatNobodyJoined) {
  Channel<int> channel(1);
  scheduler.spawn("producer", [] { throw std::runtime_error("no disk"); });
  scheduler.spawn("consumer", [&] { channel.receive(); });
  scheduler.spawn("other", [] { throw 7; });
  try {
    scheduler.run();
    ADD_FAILURE() << "not noticed";
  } catch (const DeadlockError& error) {
    EXPECT_STREQ(
        error.what(),
        "deadlock: consumer waits for a value from a channel; producer "
        "had failed, unjoined: no disk; other had failed, unjoined: "
        "unknown exception");
  }
}

// GreenThread I3
TEST_F(GreenSchedulerTest, OfSeveralErrorsRunThrowsOneAtATime) {
  scheduler.spawn("A", [] { throw std::runtime_error("first"); });
  scheduler.spawn("B", [] { throw std::runtime_error("second"); });
  for (const char* expected : {"first", "second"}) {
    try {
      scheduler.run();
      ADD_FAILURE() << "not thrown: " << expected;
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), expected);
    }
    EXPECT_EQ(scheduler.errors_left(),
              std::string(expected) == "first" ? 1u : 0u);
  }
  scheduler.run();
}

TEST_F(GreenSchedulerTest, WhoSleepsIsNotDeadlocked) {
  GreenThread& sleeper =
      scheduler.spawn("sleeper", [] { sleep_for(seconds(3600)); });
  scheduler.spawn("waiter", [&] { sleeper.join(); });
  scheduler.run();
  EXPECT_EQ(clock.now(), TimePoint(seconds(3600)));
}

TEST_F(GreenSchedulerTest, AThreadThatNeverRanIsFreedWithTheScheduler) {
  auto held = std::make_shared<int>();
  {
    Scheduler unused(clock);
    unused.spawn("never", [held] {});
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(GreenSchedulerTest, StacksOfTheEndedServeTheNew) {
  static int mapped;
  mapped = 0;
  scheduler.spawn("parent", [] {
    const tests::SwapSyscall mprotect(&os::Syscalls::mprotect,
                                      [](void* address, size_t size, int mode) {
                                        ++mapped;
                                        return ::mprotect(address, size, mode);
                                      });
    for (int i = 0; i < 100; ++i) {
      Scheduler::current().spawn("child", [] {}).join();
    }
  });
  scheduler.run();
  EXPECT_EQ(mapped, 1);
}

TEST_F(GreenSchedulerTest, NoRoomForAStackIsAnErrorOfSpawn) {
  const tests::SwapSyscall mmap(
      &os::Syscalls::mmap, [](void*, size_t, int, int, int, off_t) -> void* {
        errno = ENOMEM;
        return MAP_FAILED;
      });
  EXPECT_THROW(scheduler.spawn("A", [] {}), std::system_error);
}

TEST_F(GreenSchedulerTest, ThousandsOfThreadsTakeTurns) {
  Scheduler many(clock, 16 * 1024);
  int turns = 0;
  // ThreadSanitizer takes milliseconds to make a fiber, and 8,000 at most.
  constexpr int kMany = kSanitized ? 500 : 10'000;
  for (int i = 0; i < kMany; ++i) {
    many.spawn("one of many", [&] {
      yield();
      ++turns;
    });
  }
  many.run();
  EXPECT_EQ(turns, kMany);
}

// THREADS
TEST_F(GreenSchedulerTest, EachKernelThreadMayHaveASchedulerOfItsOwn) {
  scheduler.spawn("outer", [this] {
    std::thread([this] {
      Scheduler inner(clock);
      inner.spawn("A", steps("A", 2));
      inner.spawn("B", steps("B", 2));
      inner.run();
    }).join();
  });
  scheduler.run();
  EXPECT_EQ(log, (Log{"A1", "B1", "A2", "B2"}));
}

TEST_F(GreenSchedulerTest, RealTimeSleepersWakeNotBeforeTheirTime) {
  SteadyClock& real = SteadyClock::instance();
  Scheduler with_real_clock(real);
  const TimePoint start = real.now();
  with_real_clock.spawn("sleeper", [] { sleep_for(seconds(0.005)); });
  with_real_clock.run();
  EXPECT_GE(real.now() - start, seconds(0.005));
}

}  // namespace
}  // namespace scheduler::green
