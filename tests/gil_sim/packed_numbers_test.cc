// The promises of gil_sim/packed_numbers.h.
#include "gil_sim/packed_numbers.h"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"

namespace gil_sim {
namespace {

size_t size_of(int64_t value) {
  uint8_t bytes[kMostBytesOfANumber];
  uint8_t* to = bytes;
  put_number(to, value);
  const uint8_t* from = bytes;
  EXPECT_EQ(get_number(from), value);  // I1
  EXPECT_EQ(from, to);
  return static_cast<size_t>(to - bytes);
}

TEST(PackedNumbers, NumbersNearZeroTakeOneByte) {
  for (int64_t value = -64; value < 64; ++value) {
    EXPECT_EQ(size_of(value), 1u) << value;
  }
  EXPECT_EQ(size_of(64), 2u);
  EXPECT_EQ(size_of(-65), 2u);
}

TEST(PackedNumbers, EveryNumberIsReadAsItWasWritten) {
  for (int shift = 0; shift < 63; ++shift) {
    for (int64_t near = -2; near <= 2; ++near) {
      size_of((int64_t{1} << shift) + near);
      size_of(-(int64_t{1} << shift) + near);
    }
  }
  EXPECT_EQ(size_of(std::numeric_limits<int64_t>::max()), kMostBytesOfANumber);
  EXPECT_EQ(size_of(std::numeric_limits<int64_t>::min()), kMostBytesOfANumber);
}

}  // namespace
}  // namespace gil_sim
