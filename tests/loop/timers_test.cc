// Timers without number, cancelled at random, in a time that jumps from one to
// the next. TIMERS says how many; //tests/loop:timers_soak_test has a million.
//
// loop/handle.h I1 I2, loop/timer_queue.h I1 I3.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/core.h"
#include "loop/event_loop.h"
#include "loop/handle.h"
#include "scheduler/clock.h"
#include "tests/loop/support.h"
#include "tests/support/environment.h"
#include "tests/support/footprint.h"

namespace loop {
namespace {

constexpr uint64_t kSeed = 20240611;

class ManyTimers : public testing::Test {
 protected:
  ManyTimers() : count_(tests::number_in("TIMERS", 20'000)), dice_(kSeed) {
    std::printf("seed %llu, %zu timers\n",
                static_cast<unsigned long long>(kSeed), count_);
  }
  // A number below `bound`.
  size_t roll(size_t bound) { return dice_() % bound; }
  // Some time in the next three minutes; many share theirs with others.
  scheduler::Duration some_delay() {
    return std::chrono::milliseconds(roll(200'000));
  }

  const size_t count_;
  std::mt19937_64 dice_;
  tests::VirtualLoop world_;
};

// What became of a timer.
struct Fate {
  bool cancelled = false;
  bool ran = false;
};

TEST_F(ManyTimers, EachRunsOnceInTheOrderOfItsTimeOrWasCancelledBefore) {
  std::vector<TimerHandle> timers;
  std::vector<Fate> fates(count_);
  scheduler::TimePoint latest = world_.clock.now();
  size_t latest_index = 0;
  const auto ring = [&](size_t index) {
    const TimerHandle& timer = timers[index];
    ASSERT_FALSE(fates[index].ran || fates[index].cancelled) << index;
    ASSERT_EQ(world_.clock.now(), timer.when()) << index;  // the clock jumps
    ASSERT_TRUE(latest < timer.when() ||
                (latest == timer.when() && latest_index <= index))
        << index;
    latest = timer.when();
    latest_index = index;
    fates[index].ran = true;
    // Anyone; whose time has come already is none the worse for it.
    const size_t victim = roll(count_);
    timers[victim].cancel();
    fates[victim].cancelled = fates[victim].cancelled || !fates[victim].ran;
  };
  for (size_t i = 0; i < count_; ++i) {
    timers.push_back(world_.loop.call_later(some_delay(), ring, i));
  }
  for (size_t i = 0; i < count_ / 4; ++i) {
    const size_t victim = roll(count_);
    timers[victim].cancel();
    fates[victim].cancelled = true;
  }
  world_.loop.call_later(scheduler::seconds(300), [&] { world_.loop.stop(); });
  world_.loop.run_forever();
  size_t ran = 0;
  for (size_t i = 0; i < count_; ++i) {
    ASSERT_NE(fates[i].ran, fates[i].cancelled) << i;
    ran += fates[i].ran ? 1 : 0;
  }
  std::printf("%zu ran, %zu were cancelled\n", ran, count_ - ran);
  EXPECT_GT(ran, count_ / 4);
  EXPECT_LT(ran, count_ * 3 / 4);
  EXPECT_TRUE(world_.loop.core().timers.empty());
}

// As with the time limits of a busy server, of which hardly any ever runs out.
TEST_F(ManyTimers, CancelledOnesLeaveNothingBehind) {
  constexpr size_t kAlive = 1000;
  std::vector<TimerHandle> timers;
  for (size_t i = 0; i < kAlive; ++i) {
    timers.push_back(world_.loop.call_later(some_delay(), [] {}));
  }
  const size_t begin = tests::Footprint::now().heap_bytes;
  for (size_t i = 0; i < count_; ++i) {
    const size_t place = roll(kAlive);
    timers[place].cancel();
    timers[place] = world_.loop.call_later(some_delay(), [] {});
    ASSERT_EQ(world_.loop.core().timers.size(), kAlive);
  }
  const size_t end = tests::Footprint::now().heap_bytes;
  std::printf("heap at the beginning %zu, at the end %zu bytes\n", begin, end);
  EXPECT_LE(end, begin + kAlive);  // not a byte for each
}

}  // namespace
}  // namespace loop
