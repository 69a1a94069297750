#include "demos/support/eventually.h"

#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace demos::support {
namespace {

TEST(Eventually, AsksUntilTheAnswerIsYes) {
  int asked = 0;
  EXPECT_TRUE(eventually([&] { return ++asked == 3; }));
  EXPECT_EQ(asked, 3);
}

TEST(Eventually, GivesUpAfterFiveSeconds) {
  auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  EXPECT_FALSE(eventually([] { return false; }));
  EXPECT_GE(clock.now() - start, scheduler::seconds(5));
}

}  // namespace
}  // namespace demos::support
