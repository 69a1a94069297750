#include "demos/matrix/virtual_pool.h"

#include <vector>

#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

using Waits = std::vector<double>;

double seconds(const VirtualPool& pool, const Waits& waits) {
  return seconds_in_pool(pool, waits);
}

TEST(VirtualPool, OneWorkerTakesTheSum) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 1}, {4, 7, 2}), 13);
}

TEST(VirtualPool, AsManyWorkersAsWaitsTakeTheLongest) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 3}, {4, 7, 2}), 7);
}

// I1: 4 and 2 and 4; 7 and 7; not the best order, but that of the list.
TEST(VirtualPool, WhoeverIsFreeTakesTheNextOfTheList) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 2}, {4, 7, 2, 7, 4, 3}), 14);
}

TEST(VirtualPool, ItemsOfAPieceStayWithItsWorker) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 2, .chunk = 3}, {1, 1, 1, 1}), 3);
  EXPECT_DOUBLE_EQ(seconds({.workers = 2, .chunk = 2}, {1, 1, 1, 1}), 2);
}

TEST(VirtualPool, MoreWorkersThanWaitsStandIdle) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 64}, {3}), 3);
  EXPECT_DOUBLE_EQ(seconds({.workers = 64}, {}), 0);
}

// The first after its latency, the others in the server's step.
TEST(VirtualPool, NoAnswerComesSoonerThanTheServerGivesThem) {
  EXPECT_DOUBLE_EQ(seconds({.workers = 5, .rate = 2}, Waits(5, 1)),
                   1 + 4 * 0.5);
  EXPECT_DOUBLE_EQ(seconds({.workers = 1, .rate = 2}, Waits(5, 1)), 5);
}

}  // namespace
}  // namespace demos::matrix
