// The promises of gil_sim/gil.h.
#include "gil_sim/gil.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <latch>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

using scheduler::Duration;
using scheduler::seconds;
using scheduler::SteadyClock;
using scheduler::TimePoint;

TimePoint now() {
  return SteadyClock::instance().now();
}

// Work in the middle of which nobody looks at the breaker.
void long_instruction(Duration length) {
  for (const TimePoint end = now() + length; now() < end;) {
  }
}

// From now on no new wait ends in a request, however slowly a holder is run.
void ask_no_more(Gil& gil) {
  gil.set_switch_interval(3600);
}

// Looks again and again, but not for ever.
template <class Done>
void until(Done done) {
  for (const TimePoint end = now() + seconds(60); !done();) {
    ASSERT_LT(now(), end) << "what was waited for has not come";
  }
}

// Lets the holder go on until `count` threads sleep for the lock.
void wait_for_waiters(const Gil& gil, int count) {
  until([&] { return gil.waiting() >= count; });
}

// Lets it go on until it has been asked, this time or before, so many times.
void wait_for_requests(const Gil& gil, int64_t count) {
  until([&] { return gil.statistics().requests >= count; });
}

// GIL-01
TEST(Gil, TheDefaultSwitchIntervalIsFiveMilliseconds) {
  Gil gil;
  EXPECT_EQ(gil.switch_interval(), 0.005);
  gil.set_switch_interval(0.02);
  EXPECT_EQ(gil.switch_interval(), 0.02);
}

// GIL-02
TEST(Gil, AnIntervalOfZeroOrLessIsAValueError) {
  Gil gil;
  EXPECT_THROW(gil.set_switch_interval(0), std::invalid_argument);
  EXPECT_THROW(gil.set_switch_interval(-1), std::invalid_argument);
  EXPECT_THROW(gil.set_switch_interval(std::nan("")), std::invalid_argument);
  EXPECT_THROW(gil.set_switch_interval(HUGE_VAL), std::invalid_argument);
  EXPECT_EQ(gil.switch_interval(), 0.005);
}

// GIL-02
TEST(Gil, AnIntervalBelowAMicrosecondReadsBackAsZeroAndActsAsOne) {
  Gil gil;
  gil.set_switch_interval(1e-7);
  EXPECT_EQ(gil.switch_interval(), 0.0);
  const WithGil held(gil);
  Thread other([&] { const WithGil inner(gil); });
  other.start();
  wait_for_requests(gil, 1);
  gil.check_eval_breaker();
  EXPECT_EQ(gil.statistics().switches, 3);
}

// GIL-03
TEST(Gil, TakingItWhenItIsFreeWaitsForNobody) {
  Gil gil;
  { const WithGil held(gil); }
  Thread other([&] { const WithGil held(gil); });
  other.start();
  other.join();
  EXPECT_EQ(gil.statistics().takes, 2);
  EXPECT_EQ(gil.statistics().waits, 0);
}

// GIL-04
TEST(Gil, OnlyATakeByAnotherThreadCountsAsASwitch) {
  Gil gil;
  { const WithGil held(gil); }
  { const WithGil held(gil); }
  EXPECT_EQ(gil.statistics().switches, 1);  // the very first take
  Thread other([&] { const WithGil held(gil); });
  other.start();
  other.join();
  EXPECT_EQ(gil.statistics().switches, 2);
}

// GIL-05 and I2
TEST(Gil, AWaiterAsksAfterAFullIntervalAndNotBefore) {
  Gil gil;
  gil.set_switch_interval(0.02);
  const WithGil held(gil);
  std::atomic<TimePoint> begin{};
  Thread waiter([&] {
    begin = now();
    const WithGil inner(gil);
  });
  waiter.start();
  TimePoint asked;
  for (;;) {  // the clock is read first, so that `asked` is never too late
    asked = now();
    if (gil.statistics().requests > 0) {
      break;
    }
  }
  EXPECT_GE(now() - begin.load(), seconds(0.02));
  gil.check_eval_breaker();
}

// GIL-05 and I2. Every new holder has a full interval before it is asked.
TEST(Gil, AHandOverDuringTheWaitMakesTheWaiterStartAnew) {
  Gil gil;
  constexpr double kInterval = 0.2;
  gil.set_switch_interval(kInterval);
  const TimePoint begin = now();
  gil.take();
  // Both sleep for the lock. Whoever of them gets it first keeps it until the
  // other asks, and that is one interval after the hand-over at the earliest.
  std::atomic<TimePoint> handed_over{};
  std::atomic<TimePoint> asked{};
  const auto body = [&] {
    const WithGil held(gil);
    if (handed_over.load() == TimePoint{}) {
      handed_over = now();
      wait_for_requests(gil, 1);
      asked = now();
    }
  };
  Thread a(body);
  Thread b(body);
  a.start();
  b.start();
  wait_for_waiters(gil, 2);
  const int64_t requests = gil.statistics().requests;
  // Read before the hand-over: the new holder may be slow to read the clock.
  const TimePoint dropping = now();
  gil.drop();
  a.join();
  b.join();
  if (requests > 0 || handed_over.load() - begin >= seconds(kInterval)) {
    GTEST_SKIP() << "the machine was too slow to hand over in an interval";
  }
  EXPECT_GE(asked.load() - dropping, seconds(kInterval));
}

// GIL-06
TEST(Gil, TheHolderReactsToARequestAtItsNextCheckPointOnly) {
  Gil gil;
  gil.set_switch_interval(0.001);
  std::vector<const char*> log;
  gil.take();
  Thread waiter([&] {
    const WithGil inner(gil);
    log.push_back("waiter runs");
  });
  waiter.start();
  wait_for_requests(gil, 1);
  log.push_back("holder still runs");
  gil.check_eval_breaker();
  log.push_back("holder runs again");
  gil.drop();
  waiter.join();
  EXPECT_EQ(log, (std::vector<const char*>{"holder still runs", "waiter runs",
                                           "holder runs again"}));
}

// GIL-07
TEST(Gil, ALongInstructionDelaysTheSwitchByItsWholeLength) {
  Gil gil;
  gil.set_switch_interval(0.001);
  TimePoint got;
  gil.take();
  Thread waiter([&] {
    const WithGil inner(gil);
    got = now();
  });
  waiter.start();
  wait_for_requests(gil, 1);
  const TimePoint begin = now();
  long_instruction(seconds(0.05));
  // One request, which stood all the time.
  EXPECT_EQ(gil.statistics().requests, 1);
  ask_no_more(gil);
  gil.check_eval_breaker();
  gil.drop();
  waiter.join();
  EXPECT_GE(got - begin, seconds(0.05));
  // It was enough for the two hand-overs.
  EXPECT_EQ(gil.statistics().requests, 1);
  EXPECT_EQ(gil.statistics().switches, 3);
}

// GIL-08
TEST(Gil, ARequestIsGoneAfterTheHandOver) {
  Gil gil;
  gil.set_switch_interval(0.001);
  gil.take();
  Thread waiter([&] {
    const WithGil inner(gil);
    // A check point right after the hand-over finds nothing to do.
    const int64_t drops = gil.statistics().drops;
    gil.check_eval_breaker();
    EXPECT_EQ(gil.statistics().drops, drops);
  });
  waiter.start();
  wait_for_requests(gil, 1);
  ask_no_more(gil);
  gil.drop();
  gil.take();
  const int64_t drops = gil.statistics().drops;
  gil.check_eval_breaker();
  EXPECT_EQ(gil.statistics().drops, drops);
  gil.drop();
}

// When it began is known by two clocks only, as the lock cannot read one: the
// last look of the holder before, and the first look of the new one. Either may
// be long ago, or late, if the system took the processor away in between.
struct Slice {
  int thread;
  TimePoint not_before;
  TimePoint not_after;
};

// Keeps `count` threads busy under the lock for so long, and gives the slices
// in which they held it.
std::vector<Slice> slices_of(Gil& gil, int count, Duration length) {
  std::vector<Slice> slices;  // guarded by the lock under test
  std::latch ready(count);
  std::atomic<int> holders{0};
  TimePoint last_look = now();  // guarded by it, too
  const TimePoint end = last_look + length;
  std::vector<std::unique_ptr<Thread>> threads;
  for (int me = 0; me < count; ++me) {
    threads.push_back(std::make_unique<Thread>([&, me] {
      const auto note = [&] {
        if (slices.empty() || slices.back().thread != me) {
          slices.push_back({me, last_look, now()});
        }
      };
      ready.arrive_and_wait();
      const WithGil held(gil);
      note();
      while ((last_look = now()) < end) {
        EXPECT_EQ(++holders, 1);  // I1
        --holders;
        gil.check_eval_breaker();
        note();
      }
    }));
    threads.back()->start();
  }
  threads.clear();
  return slices;
}

// GIL-09 and I3
TEST(Gil, WhoGivesWayToARequestIsNotTheNextHolder) {
  Gil gil;
  gil.set_switch_interval(0.001);
  const std::vector<Slice> slices = slices_of(gil, 3, seconds(0.1));
  const Gil::Statistics counts = gil.statistics();
  // Every take was a switch: nobody won back what it had just given away.
  EXPECT_EQ(counts.switches, counts.takes);
  EXPECT_EQ(counts.switches, static_cast<int64_t>(slices.size()));
  // A drop that finds its successor already there need not stand aside.
  EXPECT_LE(counts.forced_switches, counts.requests);
}

// GIL-09. B may not have left the first hand-over when it makes the second.
TEST(Gil, ThoseWhoStandAsideForOneAnotherInTurnAllComeBack) {
  Gil gil;
  gil.set_switch_interval(0.001);
  std::vector<std::unique_ptr<Thread>> others;
  int holders = 0;  // guarded by the lock under test
  gil.take();
  for (int i = 0; i < 2; ++i) {
    others.push_back(std::make_unique<Thread>([&] {
      const WithGil inner(gil);
      // The first of them stands aside for the second, as that one waits.
      if (++holders == 1) {
        wait_for_requests(gil, 2);
        ask_no_more(gil);
        gil.check_eval_breaker();
      }
    }));
    others.back()->start();
  }
  wait_for_waiters(gil, 2);
  wait_for_requests(gil, 1);
  gil.check_eval_breaker();
  gil.drop();
  others.clear();
  EXPECT_EQ(holders, 2);
  EXPECT_EQ(gil.statistics().drops_on_request, 2);
}

// However quick the one who asked is, whom the dropper then need not wait for.
TEST(Gil, ADropOnRequestCountsWhoeverIsThereFirst) {
  Gil gil;
  gil.set_switch_interval(0.001);
  gil.take();
  for (int i = 1; i <= 50; ++i) {
    Thread other([&] { const WithGil inner(gil); });
    other.start();
    wait_for_requests(gil, i);
    gil.check_eval_breaker();
    other.join();  // a drop that nobody asked for
    EXPECT_EQ(gil.statistics().drops_on_request, i);
  }
  gil.drop();
}

// GIL-10 and I4
TEST(Gil, ADropWithoutARequestWaitsForNobody) {
  Gil gil;
  gil.take();
  for (int i = 0; i < 1000; ++i) {
    gil.drop();
    gil.take();
  }
  gil.drop();
  EXPECT_EQ(gil.statistics().forced_switches, 0);
  EXPECT_EQ(gil.statistics().switches, 1);
  EXPECT_EQ(gil.statistics().takes, 1001);
}

// GIL-11. The median of a slice depends on the machine; that none is shorter
// than the interval does not.
TEST(Gil, TwoBusyThreadsAlternateInSlicesOfAnIntervalOrMore) {
  Gil gil;
  constexpr double kInterval = 0.005;
  const TimePoint begin = now();
  const std::vector<Slice> slices = slices_of(gil, 2, seconds(0.2));
  const Duration taken = now() - begin;
  for (size_t i = 1; i < slices.size(); ++i) {
    EXPECT_NE(slices[i].thread, slices[i - 1].thread);
  }
  // The first slice may begin before the other thread wants the lock, and the
  // last one ends with the run.
  for (size_t i = 2; i + 1 < slices.size(); ++i) {
    EXPECT_GE(slices[i].not_after - slices[i - 1].not_before,
              seconds(kInterval));
  }
  EXPECT_LE(static_cast<double>(slices.size()),
            scheduler::in_seconds(taken) / kInterval + 3);
  // Each switch was asked for, but for the very first take, and the last if
  // the holder left before it was asked.
  const Gil::Statistics counts = gil.statistics();
  EXPECT_GE(counts.switches, counts.requests + 1);
  EXPECT_LE(counts.switches, counts.requests + 2);
}

// GIL-14. Proved by order, not by time: each of the four blocks until all have
// got there, which they could not if a blocked thread kept the lock.
TEST(Gil, BlockingCallsOverlap) {
  Gil gil;
  std::latch all(4);
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < 4; ++i) {
    threads.push_back(std::make_unique<Thread>([&] {
      const WithGil held(gil);
      const AllowThreads allow;
      all.arrive_and_wait();
    }));
    threads.back()->start();
  }
  threads.clear();
  EXPECT_EQ(gil.statistics().takes, 8);
}

// Who asked and waited is the other one.
TEST(Gil, TimesAreKeptByThreadIfWanted) {
  Gil gil;
  EXPECT_TRUE(gil.times().empty());
  gil.keep_times();
  gil.set_switch_interval(0.005);
  const TimePoint begin = now();
  {
    const WithGil held(gil);
    Thread other([&] { const WithGil inner(gil); });
    other.start();
    wait_for_requests(gil, 1);
    long_instruction(seconds(0.01));  // it asks, and must wait
    gil.check_eval_breaker();
    other.join();
  }
  const auto rows = gil.times();
  ASSERT_EQ(rows.size(), 2u);
  const auto [mine, others] = rows[0].requests == 0
                                  ? std::pair(rows[0], rows[1])
                                  : std::pair(rows[1], rows[0]);
  EXPECT_EQ(mine.takes, mine.drops);
  EXPECT_EQ(others.takes, 1);
  EXPECT_EQ(others.requests, 1);
  EXPECT_EQ(mine.forced_switches, gil.statistics().forced_switches);
  EXPECT_GE(mine.holding, seconds(0.015));
  EXPECT_GE(others.asking, seconds(0.01));
  EXPECT_GE(others.waiting, others.asking + seconds(0.005));
  EXPECT_EQ(mine.waiting + others.waiting, gil.statistics().waited);
  EXPECT_LE(mine.holding + others.holding, now() - begin);
}

// I1, of each lock by itself: neither could pass the latch while the other held
// a lock that is common to both.
TEST(Gil, TwoLocksInOneProcessAreHeldAtOnce) {
  Gil gils[2];
  std::latch both(2);
  std::vector<std::unique_ptr<Thread>> threads;
  for (Gil& gil : gils) {
    threads.push_back(std::make_unique<Thread>([&] {
      const WithGil held(gil);
      both.arrive_and_wait();
      gil.check_eval_breaker();
    }));
    threads.back()->start();
  }
  threads.clear();
  for (const Gil& gil : gils) {
    EXPECT_EQ(gil.statistics().takes, 1);
    EXPECT_EQ(gil.statistics().waits, 0);
  }
}

// GIL-16. The lower bound: a thread back from a blocking call queues for a full
// interval behind one that computes.
TEST(Gil, AReturningCallWaitsAnIntervalBesideABusyThread) {
  for (const double interval : {0.002, 0.01}) {
    Gil gil;
    gil.set_switch_interval(interval);
    std::atomic<bool> stop{false};
    Thread hog([&] {
      const WithGil held(gil);
      while (!stop) {
        gil.check_eval_breaker();
      }
    });
    hog.start();
    {
      const WithGil held(gil);
      for (int i = 0; i < 5; ++i) {
        const int64_t takes = gil.statistics().takes;
        TimePoint returned;
        {
          const AllowThreads allow;
          while (gil.statistics().takes == takes) {
          }  // blocked until the hog runs
          returned = now();
        }
        EXPECT_GE(now() - returned, seconds(interval));
      }
    }
    stop = true;
  }
}

// GIL-19
TEST(GilDeathTest, DroppingWhatOneDoesNotHoldIsFatal) {
  EXPECT_DEATH(
      {
        Gil gil;
        gil.drop();
      },
      "only the holder may drop");
}

TEST(GilDeathTest, TakingItTwiceIsFatal) {
  EXPECT_DEATH(
      {
        Gil gil;
        gil.take();
        gil.take();
      },
      "holds an interpreter lock already");
}

// GIL-20
TEST(Gil, AForkedChildHoldsAFreshLock) {
  Gil gil;
  const WithGil held(gil);
  Thread waiter([&] { const WithGil inner(gil); });
  waiter.start();
  wait_for_waiters(gil, 1);
  const pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    gil.after_fork_in_child();
    for (int i = 0; i < 10; ++i) {
      gil.check_eval_breaker();
      const AllowThreads allow;
    }
    _exit(gil.waiting());
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

class GilAtExit : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

// GIL-21 and I5. In a process of its own, as it ends it.
TEST_F(GilAtExit, ADaemonNeverRunsAfterTheShutdownHasBegun) {
  const auto program = [] {
    Gil& gil = *new Gil;  // daemons use it to the very end
    gil.set_switch_interval(0.001);
    gil.take();
    const auto body = [&gil] {
      const WithGil held(gil);
      std::fputs("a daemon ran", stderr);
    };
    Thread& waiting = *new Thread(ThreadOptions{.daemon = true}, body);
    Thread& late = *new Thread(ThreadOptions{.daemon = true}, body);
    waiting.start();
    wait_for_requests(gil, 1);
    gil.begin_shutdown();
    // The daemon that asked gets nothing by it, and its request goes with it:
    // nobody is left to take the lock from a holder who gives way.
    until([&] { return gil.waiting() == 0; });
    gil.check_eval_breaker();
    late.start();
    for (int i = 0; i < 20; ++i) {
      const AllowThreads allow;
      SteadyClock::instance().sleep_for(seconds(0.001));
    }
    std::fputs("ended", stderr);
    std::exit(gil.waiting());
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "^ended$");
}

// GIL-21, as Py_FinalizeEx has it: a thread that is no daemon is not caught by
// the shutdown, but waited for before.
TEST_F(GilAtExit, TheShutdownBeginsOnceAllThreadsButDaemonsHaveEnded) {
  const auto program = [] {
    alarm(20);  // who is caught is waited for in vain
    Gil& gil = *new Gil;
    gil.take();
    static Thread second([&gil] {
      const WithGil held(gil);
      std::fputs("second, ", stderr);
    });
    static Thread first([&gil] {
      const WithGil held(gil);
      std::fputs("first, ", stderr);
      second.start();
    });
    first.start();
    join_all_but_daemons();
    gil.begin_shutdown();
    std::fputs("shutdown", stderr);
    std::exit(first.is_alive() || gil.waiting() > 0 ? 1 : 0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0),
              "^first, second, shutdown$");
}

}  // namespace
}  // namespace gil_sim
