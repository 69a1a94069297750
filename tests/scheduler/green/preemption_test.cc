// The promises of scheduler/green/preemption.h. The bodies never yield: what
// takes the CPU from them is the timer alone. No body can spin for ever, each
// gives up after some seconds.
#include "scheduler/green/preemption.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/green/channel.h"
#include "scheduler/green/guard.h"
#include "scheduler/green/mutex.h"
#include "scheduler/green/scheduler.h"
#include "scheduler/trace.h"
#include "tests/support/swap_syscall.h"

namespace scheduler::green {
namespace {

constexpr Duration kSlice = Preemption::kShortestSlice;

// Enough to tell "slow machine" from "never".
constexpr Duration kPatience = std::chrono::seconds(20);

volatile int64_t steps[2];
volatile int64_t seen_of_the_other[2];

// C-010: these instructions run under both kernels, byte for byte. In a section
// of their own, so that the test can tell whether a switch fell among them.
[[gnu::section("green_bodies"), gnu::noinline]] void spin_until_the_other_has(
    int me, int64_t give_up_after) {
  do {
    steps[me] = steps[me] + 1;
  } while (steps[1 - me] == 0 && steps[me] < give_up_after);
  seen_of_the_other[me] = steps[1 - me];
}
extern "C" const char __start_green_bodies[];
extern "C" const char __stop_green_bodies[];

bool is_in_a_body(const void* address) {
  return address >= __start_green_bodies && address < __stop_green_bodies;
}

void run_both_bodies(Scheduler& scheduler, int64_t patience) {
  steps[0] = 0;
  steps[1] = 0;
  scheduler.spawn("A", [&] { spin_until_the_other_has(0, patience); });
  scheduler.spawn("B", [&] { spin_until_the_other_has(1, patience); });
  scheduler.run();
}

// Instructions that the compiler cannot leave out, for a tick to fall among.
void spin(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    asm volatile("");
  }
}

constexpr int64_t kForEver = 20'000'000'000;

// C-010
TEST(Preemption, TheSameBodiesBothProgressUnderATimerAndOneStarvesWithout) {
  {
    Scheduler scheduler;
    run_both_bodies(scheduler, 1'000'000);
    EXPECT_EQ(steps[0], 1'000'000);  // A gave up: B had not had one step
    EXPECT_EQ(seen_of_the_other[0], 0);
  }
  {
    Scheduler scheduler;
    const Preemption preemption(kSlice);
    run_both_bodies(scheduler, kForEver);
    EXPECT_LT(steps[0], kForEver);
    EXPECT_GT(seen_of_the_other[0], 0);
    EXPECT_GT(seen_of_the_other[1], 0);
  }
  {
    Scheduler scheduler;  // and the timer is gone with its object
    run_both_bodies(scheduler, 1'000'000);
    EXPECT_EQ(seen_of_the_other[0], 0);
  }
}

// Notes where each forced switch fell.
class Forced final : public Observer {
 public:
  void created(TaskId, std::string_view) override {}
  void running(TaskId task) override { order.push_back(task); }
  void suspended(TaskId, Reason reason, Decider decider) override {
    if (decider == Decider::kSystem) {
      EXPECT_EQ(reason, Reason::kQuantum);
      ticks.push_back(Preemption::latest());
    } else {
      ++own;
    }
  }
  void woken(TaskId) override {}
  void finished(TaskId) override {}

  std::vector<TaskId> order;
  std::vector<Tick> ticks;
  int own = 0;
};

// C-009
TEST(Preemption, TheTraceShowsForcedSwitchesOfBodiesThatNeverYield) {
  Scheduler scheduler;
  Forced forced;
  scheduler.observe(&forced);
  const Preemption preemption(kSlice);
  run_both_bodies(scheduler, kForEver);
  EXPECT_GE(forced.ticks.size(), 1u);
  EXPECT_EQ(forced.own, 0);
  ASSERT_GE(forced.order.size(), 2u);
  EXPECT_EQ(forced.order[0], 1u);
  EXPECT_EQ(forced.order[1], 2u);
}

// A forced switch of two bodies that fell inside one of them, if any did. On a
// busy machine the only one may find A before its first step.
std::optional<Tick> switch_inside_a_body() {
  Scheduler scheduler;
  Forced forced;
  scheduler.observe(&forced);
  const Preemption preemption(kSlice);
  run_both_bodies(scheduler, kForEver);
  EXPECT_GE(forced.ticks.size(), 1u);
  const auto inside = std::find_if(
      forced.ticks.begin(), forced.ticks.end(),
      [](const Tick& tick) { return is_in_a_body(tick.at.program_counter); });
  return inside == forced.ticks.end() ? std::nullopt : std::optional(*inside);
}

// C-011
TEST(Preemption, TheSwitchFallsInsideTheBody) {
  const TimePoint end = SteadyClock::instance().now() + kPatience;
  std::optional<Tick> inside;
  while (!inside && SteadyClock::instance().now() < end) {
    inside = switch_inside_a_body();
  }
  ASSERT_TRUE(inside);
  EXPECT_FALSE(inside->under_guard);
}

// Runs two threads of `body` until `enough` forced switches have been seen.
// The body is given what tells it to end.
void run_until_forced(size_t enough,
                      const std::function<void(std::function<bool()>)>& body) {
  Scheduler scheduler;
  Forced forced;
  scheduler.observe(&forced);
  const TimePoint end = SteadyClock::instance().now() + kPatience;
  const auto more = [&] {
    const Guard guard;  // the observer's vector grows inside the handler
    return forced.ticks.size() < enough && SteadyClock::instance().now() < end;
  };
  for (const char* name : {"A", "B"}) {
    scheduler.spawn(name, [&] { body(more); });
  }
  {
    const Preemption preemption(kSlice);
    scheduler.run();
  }
  EXPECT_GE(forced.ticks.size(), enough);
}

// I1
TEST(Preemption, ATickUnderAGuardSwitchesWhenTheGuardEnds) {
  const TimePoint end = SteadyClock::instance().now() + kPatience;
  // A tick may come before A has its guard: then it is tried again.
  for (bool too_early = true; too_early;) {
    Scheduler scheduler;
    Forced forced;
    scheduler.observe(&forced);
    volatile bool other_ran = false;
    const Preemption preemption(kSlice);
    scheduler.spawn("A", [&] {
      {
        const Guard guard;
        too_early = other_ran;
        while (!too_early && holds.tick_missed == 0 &&
               SteadyClock::instance().now() < end) {
        }
        EXPECT_EQ(other_ran, too_early);
      }
      EXPECT_TRUE(other_ran);
    });
    scheduler.spawn("B", [&] { other_ran = true; });
    scheduler.run();
    ASSERT_GE(forced.ticks.size(), 1u);
    EXPECT_NE(forced.ticks.front().under_guard, too_early);
  }
}

// I2
TEST(Preemption, ErrnoBelongsToTheThreadThatWasStopped) {
  run_until_forced(5, [](const std::function<bool()>& more) {
    static int next = 100;
    int mine = 0;
    {
      const Guard guard;
      mine = ++next;
    }
    errno = mine;
    for (bool go_on = true; go_on;) {
      spin(100'000);
      asm volatile("" ::: "memory");  // or the comparison would be folded away
      const int seen = errno;
      go_on = more() && seen == mine;
      EXPECT_EQ(seen, mine);
      errno = mine;
    }
  });
}

TEST(Preemption, AStoppedComputationGoesOnWithAllItsRegisters) {
  run_until_forced(5, [](const std::function<bool()>& more) {
    // In registers at any optimisation, and each sum known beforehand.
    while (more()) {
      double sum = 0;
      for (int i = 1; i <= 100'000; ++i) {
        sum += std::sqrt(static_cast<double>(i) * i);
      }
      EXPECT_EQ(sum, 5'000'050'000.0);
    }
  });
}

// Fiber I1
TEST(Preemption, AnExceptionCaughtByOneThreadIsNotRethrownByAnother) {
  run_until_forced(5, [](const std::function<bool()>& more) {
    static int next = 0;
    for (bool go_on = true; go_on;) {
      const Guard guard;  // a throw allocates
      const int mine = ++next;
      try {
        throw mine;
      } catch (int) {
        holds.count = 0;  // but inside the catch we may be stopped
        spin(100'000);
        go_on = more();
        holds.count = 1;
        try {
          throw;
        } catch (int rethrown) {
          EXPECT_EQ(rethrown, mine);
        }
      }
    }
  });
}

// Guarded: allocation, locks, channels, yields, all torn at by the timer.
TEST(Preemption, NothingGuardedIsEverTornApart) {
  Scheduler scheduler;
  Forced forced;
  scheduler.observe(&forced);
  Mutex mutex;
  Channel<std::unique_ptr<std::string>> channel(3);
  int64_t counter = 0;
  int64_t sent = 0;
  int64_t received = 0;
  const TimePoint end = SteadyClock::instance().now() + kPatience;
  const auto more = [&] {
    const Guard guard;
    return forced.ticks.size() < 100 && SteadyClock::instance().now() < end;
  };
  int64_t rounds = 0;
  int senders = 2;
  for (int i = 0; i < 2; ++i) {
    scheduler.spawn("sender", [&] {
      while (more()) {
        std::unique_ptr<std::string> text;
        {
          const Guard guard;
          text = std::make_unique<std::string>(100, 'x');
          ++sent;
        }
        channel.send(std::move(text));
        mutex.lock();
        const int64_t before = counter;
        spin(100);
        counter = before + 1;
        ++rounds;
        mutex.unlock();
      }
      if (--senders == 0) {
        channel.close();
      }
    });
  }
  scheduler.spawn("receiver", [&] {
    for (;;) {
      std::optional<std::unique_ptr<std::string>> text = channel.receive();
      const Guard guard;
      if (!text) {
        break;
      }
      EXPECT_EQ(**text, std::string(100, 'x'));
      text.reset();
      ++received;
    }
  });
  {
    const Preemption preemption(kSlice);
    scheduler.run();
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(counter, rounds);
  EXPECT_GE(forced.ticks.size(), 100u);
}

TEST(Preemption, ASleeperIsWokenThoughTheOthersNeverYield) {
  Scheduler scheduler;
  volatile bool woken = false;
  const TimePoint end = SteadyClock::instance().now() + kPatience;
  scheduler.spawn("sleeper", [&] {
    sleep_for(seconds(0.002));
    woken = true;
  });
  scheduler.spawn("busy", [&] {
    while (!woken && SteadyClock::instance().now() < end) {
    }
  });
  const Preemption preemption(kSlice);
  scheduler.run();
  EXPECT_TRUE(woken);
  EXPECT_LT(SteadyClock::instance().now(), end);
}

TEST(Preemption, ASliceBelowAMillisecondIsRefused) {
  EXPECT_THROW({ const Preemption refused(std::chrono::microseconds(999)); },
               std::invalid_argument);
}

TEST(Preemption, ARefusedTimerIsAnErrorThatNamesTheCall) {
  const tests::SwapSyscall swap(&os::Syscalls::timer_create,
                                [](clockid_t, sigevent*, timer_t*) {
                                  errno = EAGAIN;
                                  return -1;
                                });
  try {
    const Preemption preemption;
    ADD_FAILURE() << "not refused";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EAGAIN);
    EXPECT_NE(std::string(error.what()).find("timer_create"),
              std::string::npos);
  }
}

std::atomic<int> timers;
TEST(Preemption, ATimerThatCannotBeStartedIsGivenBack) {
  timers = 0;
  const tests::SwapSyscall create(
      &os::Syscalls::timer_create,
      [](clockid_t clock, sigevent* event, timer_t* timer) {
        ++timers;
        return ::timer_create(clock, event, timer);
      });
  const tests::SwapSyscall remove(&os::Syscalls::timer_delete,
                                  [](timer_t timer) {
                                    --timers;
                                    return ::timer_delete(timer);
                                  });
  {
    const tests::SwapSyscall refuse(
        &os::Syscalls::timer_settime,
        [](timer_t, int, const itimerspec*, itimerspec*) {
          errno = EINVAL;
          return -1;
        });
    EXPECT_THROW({ const Preemption refused; }, std::system_error);
  }
  EXPECT_EQ(timers, 0);
  { const Preemption another; }  // the kernel thread has none
  EXPECT_EQ(timers, 0);
}

}  // namespace
}  // namespace scheduler::green
