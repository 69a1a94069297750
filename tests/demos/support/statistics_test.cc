#include "demos/support/statistics.h"

#include "gtest/gtest.h"

namespace demos::support {
namespace {

TEST(Spread, TheMedianOfAnOddNumberIsTheMiddleOne) {
  const Spread spread = spread_of({3, 1, 10});
  EXPECT_EQ(spread.median, 3);
  EXPECT_EQ(spread.low, 1);
  EXPECT_EQ(spread.high, 10);
}

TEST(Spread, TheMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(spread_of({4, 1, 2, 10}).median, 3);
}

TEST(Spread, OneSampleIsItsOwnMedianAndRange) {
  const Spread spread = spread_of({5});
  EXPECT_EQ(spread.low, 5);
  EXPECT_EQ(spread.median, 5);
  EXPECT_EQ(spread.high, 5);
}

TEST(Spread, RangesThatOverlapAreWithinNoise) {
  EXPECT_TRUE(within_noise(spread_of({1, 3}), spread_of({2, 4})));
  EXPECT_TRUE(within_noise(spread_of({2, 4}), spread_of({1, 3})));
  EXPECT_FALSE(within_noise(spread_of({1, 2}), spread_of({3, 4})));
}

}  // namespace
}  // namespace demos::support
