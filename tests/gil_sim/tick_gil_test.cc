// The promises of gil_sim/tick_gil.h.
#include "gil_sim/tick_gil.h"

#include <atomic>
#include <cstdint>
#include <latch>
#include <memory>
#include <utility>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace gil_sim {
namespace {

void run_instructions(TickGil& gil, int count) {
  for (int i = 0; i < count; ++i) {
    gil.check_eval_breaker();
  }
}

// TICK-01
TEST(TickGil, TheDefaultCheckIntervalIsAHundred) {
  TickGil gil;
  EXPECT_EQ(gil.check_interval(), 100);
  gil.set_check_interval(7);
  EXPECT_EQ(gil.check_interval(), 7);
}

// TICK-01
TEST(TickGil, AnIntervalOfZeroOrLessMeansEveryInstruction) {
  for (const int64_t interval : {int64_t{0}, int64_t{-5}, INT64_MIN}) {
    TickGil gil;
    gil.set_check_interval(interval);
    const WithGil held(gil);
    run_instructions(gil, 50);
    EXPECT_EQ(gil.statistics().releases, 50);
  }
}

// TICK-02
TEST(TickGil, AThousandAndTenInstructionsMakeTenReleases) {
  TickGil gil;
  const WithGil held(gil);
  run_instructions(gil, 1010);
  EXPECT_EQ(gil.statistics().releases, 10);
  run_instructions(gil, 1);
  EXPECT_EQ(gil.statistics().releases, 11);
}

// TICK-02 and I2
TEST(TickGil, ANewHolderGoesOnWhereTheCounterStood) {
  TickGil gil;
  {
    const WithGil held(gil);
    run_instructions(gil, 51);  // one release, then 50 of 101 ticks
  }
  Thread other([&] {
    const WithGil held(gil);
    run_instructions(gil, 50);
    EXPECT_EQ(gil.statistics().releases, 1);
    run_instructions(gil, 1);
    EXPECT_EQ(gil.statistics().releases, 2);
  });
  other.start();
}

// TICK-03 and I1
TEST(TickGil, EveryReleaseIsFollowedByATakeOfEitherThread) {
  TickGil gil;
  std::latch ready(2);
  std::atomic<int> inside{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < 2; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        ready.arrive_and_wait();
        const WithGil held(gil);
        for (int n = 0; n < 100'000; ++n) {
          EXPECT_EQ(inside.fetch_add(1), 0);
          inside.fetch_sub(1);
          gil.check_eval_breaker();
        }
      }));
      all.back()->start();
    }
  }
  const TickGil::Statistics counts = gil.statistics();
  // Two threads that each take the lock once, and again after each release.
  EXPECT_EQ(counts.takes, counts.releases + 2);
  EXPECT_EQ(counts.drops, counts.takes);
  EXPECT_LE(counts.hand_overs, counts.takes);
  EXPECT_GE(counts.hand_overs, 2);
}

// TICK-03. Under a lock that is handed over, a holder never has it back from a
// release while somebody slept for it, but for one who has had it meanwhile.
TEST(TickGil, AReleaserMayHaveItBackBeforeWhoSleptForIt) {
  constexpr int kMostTries = 10'000;
  TickGil gil;
  gil.set_check_interval(0);
  std::atomic<bool> stop{false};
  Thread rival([&] {
    while (!stop) {
      const WithGil held(gil);
    }
  });
  bool had_it_back = false;
  {
    const WithGil held(gil);
    rival.start();
    for (int i = 0; i < kMostTries && !had_it_back; ++i) {
      while (gil.waiting() == 0) {
      }
      const int64_t before = gil.statistics().hand_overs;
      run_instructions(gil, 1);
      had_it_back = gil.statistics().hand_overs == before;
    }
    stop = true;
  }
  EXPECT_TRUE(had_it_back);
}

// TICK-03
TEST(TickGil, AReleaserWithoutRivalsHasItBackAtOnce) {
  TickGil gil;
  const WithGil held(gil);
  run_instructions(gil, 100'000);
  EXPECT_GT(gil.statistics().releases, 900);
  EXPECT_EQ(gil.statistics().hand_overs, 1);  // the very first take
}

// TICK-04 and I3
TEST(TickGil, WorkForTheMainThreadMakesEveryInstructionRelease) {
  TickGil gil;
  bool served = false;
  Thread other([&] {
    const WithGil held(gil);
    run_instructions(gil, 1);  // the counter is full now
    ASSERT_TRUE(gil.main_thread_work().add_call([&] { served = true; }));
    const int64_t before = gil.statistics().releases;
    run_instructions(gil, 20);
    EXPECT_EQ(gil.statistics().releases - before, 20);
    EXPECT_FALSE(served);
  });
  other.start();
  other.join();
  const WithGil held(gil);
  const int64_t before = gil.statistics().releases;
  run_instructions(gil, 1);
  EXPECT_TRUE(served);
  run_instructions(gil, 20);
  EXPECT_EQ(gil.statistics().releases - before, 0);
}

TEST(TickGil, TimesAreKeptByThreadIfWanted) {
  TickGil gil;
  EXPECT_TRUE(gil.times().empty());
  gil.keep_times();
  {
    const WithGil held(gil);
    Thread other([&] { const WithGil inner(gil); });
    other.start();
    while (gil.waiting() == 0) {
    }
    other.join();
  }
  const auto rows = gil.times();
  ASSERT_EQ(rows.size(), 2u);
  const auto& [others, mine] = rows[0].takes == 1 ? std::pair(rows[0], rows[1])
                                                  : std::pair(rows[1], rows[0]);
  EXPECT_EQ(others.takes, 1);
  EXPECT_EQ(mine.takes + 1, gil.statistics().takes);
  EXPECT_EQ(mine.takes, mine.drops);
  EXPECT_GT(others.waiting, scheduler::Duration::zero());
  EXPECT_GT(mine.holding, scheduler::Duration::zero());
}

TEST(TickGil, ABlockingCallLetsOthersRun) {
  TickGil gil;
  const WithGil held(gil);
  std::atomic<bool> done{false};
  Thread other([&] {
    const WithGil inner(gil);
    done = true;
  });
  other.start();
  while (gil.waiting() == 0) {
  }
  EXPECT_FALSE(done);
  other.join();  // drops the lock meanwhile
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace gil_sim
