// The promises of gil_sim/thread_number.h.
#include "gil_sim/thread_number.h"

#include <cstdint>
#include <set>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// I1. One after the other, so that the system uses its own names again.
TEST(ThreadNumber, IsNotUsedAgainWhenItsThreadHasEnded) {
  std::set<uint64_t> numbers{0, thread_number()};
  for (int i = 0; i < 20; ++i) {
    Thread thread([&] { EXPECT_TRUE(numbers.insert(thread_number()).second); });
    thread.start();
    thread.join();
  }
  EXPECT_EQ(numbers.size(), 22U);
}

TEST(ThreadNumber, StaysTheSame) {
  EXPECT_EQ(thread_number(), thread_number());
}

}  // namespace
}  // namespace gil_sim
