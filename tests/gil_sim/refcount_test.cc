// The promises of gil_sim/refcount.h.
#include "gil_sim/refcount.h"

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/assembler.h"
#include "gil_sim/explorer.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "gil_sim/thread.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

Exploration search(RefcountScheme scheme) {
  return explore(assemble(refcount_program(scheme)),
                 {.checks = refcount_checks(scheme)});
}

// C-170
// I1, [C-153] and [C-154]
TEST(Refcount, EverySchemeButNoneIsRightInEverySchedule) {
  for (const RefcountScheme scheme :
       {RefcountScheme::kAtomic, RefcountScheme::kLockPerObject,
        RefcountScheme::kGil}) {
    const Exploration found = search(scheme);
    EXPECT_TRUE(found.counted());
    EXPECT_FALSE(found.can_fail());
  }
}

// [C-153]
TEST(Refcount, WithoutASchemeObjectsAreUsedAfterTheyWereFreedOrLeak) {
  const Exploration found = search(RefcountScheme::kNone);
  EXPECT_TRUE(found.counted());
  bool used_after_free = false;
  bool leaked = false;
  bool freed_twice = false;
  for (const Outcome& outcome : found.outcomes) {
    used_after_free |= outcome.text.ends_with("the assertion does not hold");
    leaked |= outcome.text.ends_with("freed=0");
    freed_twice |= outcome.text.ends_with("freed=2");
  }
  EXPECT_TRUE(used_after_free);
  EXPECT_TRUE(leaked);
  EXPECT_TRUE(freed_twice);
}

template <RefcountScheme scheme>
int64_t count_after_moves(InterpreterLock& lock) {
  Refcount<scheme> count;
  std::atomic<int> last{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int i = 0; i < 2; ++i) {
      all.push_back(std::make_unique<Thread>([&] {
        const WithGil held(lock);
        for (int n = 0; n < 20'000; ++n) {
          count.up();
          lock.check_eval_breaker();
          last += count.down() ? 1 : 0;
        }
      }));
      all.back()->start();
    }
  }
  EXPECT_EQ(last, 0);
  return count.count();
}

// [C-154], on real threads
TEST(Refcount, TheRightSchemesCountRightOnRealThreads) {
  NoGil none;
  EXPECT_EQ(count_after_moves<RefcountScheme::kAtomic>(none), 1);
  EXPECT_EQ(count_after_moves<RefcountScheme::kLockPerObject>(none), 1);
  Gil gil;
  gil.set_switch_interval(1e-6);
  EXPECT_EQ(count_after_moves<RefcountScheme::kGil>(gil), 1);
}

TEST(Refcount, TheLastOneToGoIsTold) {
  Refcount<RefcountScheme::kAtomic> count;
  count.up();
  EXPECT_FALSE(count.down());
  EXPECT_TRUE(count.down());
}

TEST(Refcount, OnlyTheLockSchemeTakesMoreRoom) {
  EXPECT_EQ(sizeof(Refcount<RefcountScheme::kNone>), 8u);
  EXPECT_EQ(sizeof(Refcount<RefcountScheme::kAtomic>), 8u);
  EXPECT_EQ(sizeof(Refcount<RefcountScheme::kGil>), 8u);
  EXPECT_GT(sizeof(Refcount<RefcountScheme::kLockPerObject>), 8u);
}

}  // namespace
}  // namespace gil_sim
