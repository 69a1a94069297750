// The promises of scheduler/clock.h.
#include "scheduler/clock.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

using namespace std::chrono_literals;

// I1
TEST(SteadyClock, NeverGoesBack) {
  const SteadyClock clock;
  TimePoint last = clock.now();
  for (int i = 0; i < 10'000; ++i) {
    const TimePoint now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

// I2
TEST(SteadyClock, ASleepDoesNotEndEarlyThoughSignalsInterruptIt) {
  static volatile sig_atomic_t interruptions;
  interruptions = 0;
  struct sigaction action = {};
  action.sa_handler = [](int) { interruptions = interruptions + 1; };
  struct sigaction usual;
  sigaction(SIGUSR1, &action, &usual);

  SteadyClock clock;
  const pthread_t sleeper = pthread_self();
  std::atomic<bool> awake{false};
  std::thread disturber([&] {
    while (!awake) {
      pthread_kill(sleeper, SIGUSR1);
      std::this_thread::yield();
    }
  });
  // On a busy machine the disturber may sleep longer than we do.
  for (int during_a_sleep = 0; during_a_sleep == 0;) {
    const int before = interruptions;
    const TimePoint deadline = clock.now() + 20ms;
    clock.sleep_until(deadline);
    EXPECT_GE(clock.now(), deadline);
    during_a_sleep = interruptions - before;
  }
  awake = true;
  disturber.join();
  sigaction(SIGUSR1, &usual, nullptr);
}

TEST(SteadyClock, SleepingUntilThePastReturnsAtOnce) {
  SteadyClock clock;
  clock.sleep_until(TimePoint{});
}

TEST(Clock, SecondsThatDoNotFitAreTheLongestThereAre) {
  EXPECT_EQ(seconds(0.5), 500ms);
  EXPECT_EQ(seconds(-1.5), -1500ms);
  EXPECT_EQ(seconds(1e30), Duration::max());
  EXPECT_EQ(seconds(-1e30), Duration::min());
  EXPECT_EQ(seconds(std::numeric_limits<double>::infinity()), Duration::max());
}

TEST(Clock, ADeadlineThatDoesNotFitIsTheEndOfAllTime) {
  const TimePoint now = TimePoint{} + 1s;
  EXPECT_EQ(after(now, 2s), TimePoint{} + 3s);
  EXPECT_EQ(after(now, -1s), TimePoint{});
  EXPECT_EQ(after(now, Duration::max()), TimePoint::max());
  EXPECT_EQ(deadline_after(Duration::max()), TimePoint::max());
}

TEST(ManualClock, StandsStillUntilItIsAdvanced) {
  ManualClock clock;
  const TimePoint start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(1h);
  EXPECT_EQ(clock.now(), start + 1h);
}

// I2
TEST(ManualClock, SleepingJumpsToTheDeadline) {
  ManualClock clock;
  clock.sleep_for(500ms);
  EXPECT_EQ(clock.now().time_since_epoch(), 500ms);
}

// I1
TEST(ManualClock, SleepingUntilThePastDoesNotGoBack) {
  ManualClock clock;
  clock.advance(2s);
  clock.sleep_until(TimePoint{} + 1s);
  EXPECT_EQ(clock.now().time_since_epoch(), 2s);
}

TEST(Clock, SecondsReadAsPythonWritesThem) {
  EXPECT_EQ(seconds(0.005), 5ms);
  EXPECT_DOUBLE_EQ(in_seconds(250ms), 0.25);
}

}  // namespace
}  // namespace scheduler
