// The promises of scheduler/green/guard.h; the ticks are raised by hand.
#include "scheduler/green/guard.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace scheduler::green {
namespace {

int switches = 0;

class GuardTest : public testing::Test {
 protected:
  void SetUp() override {
    switches = 0;
    holds.switch_now = [](bool made_up) {
      EXPECT_TRUE(made_up);
      holds.tick_missed = 0;
      ++switches;
    };
  }
  void TearDown() override { holds.switch_now = nullptr; }
};

// I1
TEST_F(GuardTest, AMissedTickSwitchesWhenTheLastGuardEnds) {
  {
    const Guard outer;
    holds.tick_missed = 1;
    { const Guard inner; }
    EXPECT_EQ(switches, 0);
  }
  EXPECT_EQ(switches, 1);
}

// I3
TEST_F(GuardTest, AMissedTickSwitchesOnce) {
  {
    const Guard guard;
    holds.tick_missed = 1;
    holds.tick_missed = 1;
  }
  { const Guard another; }
  EXPECT_EQ(switches, 1);
}

TEST_F(GuardTest, WithoutATickAGuardChangesNothing) {
  { const Guard guard; }
  EXPECT_EQ(switches, 0);
  EXPECT_EQ(holds.count, 0);
}

// I2
TEST_F(GuardTest, AGuardPutsBackTheCountThatItFound) {
  {
    const Guard outer;
    {
      const Guard inner;
      EXPECT_EQ(holds.count, 2);
      holds.count = 1;  // another thread ran, and held one
    }
    EXPECT_EQ(holds.count, 1);
  }
  EXPECT_EQ(holds.count, 0);
}

TEST_F(GuardTest, ErrnoOutlivesTheSwitchAtTheEndOfAGuard) {
  holds.switch_now = [](bool) {
    holds.tick_missed = 0;
    errno = EIO;
  };
  {
    const Guard guard;
    holds.tick_missed = 1;
    errno = ENOENT;
  }
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace scheduler::green
