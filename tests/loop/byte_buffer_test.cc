// The promises of loop/byte_buffer.h.
#include "loop/byte_buffer.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace loop {
namespace {

void fill(ByteBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = buffer.room(bytes.size());
    std::memcpy(room.data(), bytes.data(), room.size());
    buffer.filled(room.size());
    bytes.remove_prefix(room.size());
  }
}

TEST(ByteBuffer, GivesOutWhatWasFilledIn) {
  ByteBuffer buffer;
  fill(buffer, "abc");
  buffer.append("de");
  EXPECT_EQ(buffer.take(2), "ab");
  EXPECT_EQ(buffer.view(), "cde");
  EXPECT_EQ(buffer.take(99), "cde");
  EXPECT_TRUE(buffer.empty());
}

TEST(ByteBuffer, NeverOffersMoreRoomThanWasAskedFor) {
  ByteBuffer buffer;
  EXPECT_EQ(buffer.room(1).size(), 1u);
  EXPECT_EQ(buffer.room(7).size(), 7u);
}

TEST(ByteBuffer, KeepsItsMemoryOnceItIsLargeEnough) {
  ByteBuffer buffer;
  fill(buffer, std::string(1000, 'x'));
  const char* const memory = buffer.view().data();
  for (int i = 0; i < 100; ++i) {
    buffer.drop(buffer.size());
    fill(buffer, std::string(1000, 'y'));
  }
  EXPECT_EQ(buffer.view().data(), memory);
}

// I1, against a deque.
TEST(ByteBuffer, BytesComeOutInTheOrderInWhichTheyWentIn) {
  std::mt19937 random(7);
  ByteBuffer buffer;
  std::deque<char> model;
  for (int step = 0; step < 20000; ++step) {
    std::string bytes(random() % 300, ' ');
    for (char& byte : bytes) {
      byte = static_cast<char>(random() % 256);
    }
    switch (random() % 3) {
      case 0:
        buffer.append(bytes);
        model.insert(model.end(), bytes.begin(), bytes.end());
        break;
      case 1:
        fill(buffer, bytes);
        model.insert(model.end(), bytes.begin(), bytes.end());
        break;
      default: {
        const size_t count = std::min(model.size(), bytes.size() * 2);
        const std::string taken = buffer.take(count);
        ASSERT_TRUE(std::equal(taken.begin(), taken.end(), model.begin()));
        model.erase(model.begin(),
                    model.begin() + static_cast<ptrdiff_t>(count));
      }
    }
    ASSERT_EQ(buffer.size(), model.size());
  }
}

TEST(ByteBuffer, ARoomThatWasUsedUpIsTwiceAsLargeTheNextTime) {
  ByteBuffer buffer;
  for (const size_t expected : {4096u, 8192u, 16384u, 16384u}) {
    const std::span<std::byte> room = buffer.room(16384);
    EXPECT_EQ(room.size(), expected);
    buffer.filled(room.size());
    buffer.drop(room.size());
  }
}

}  // namespace
}  // namespace loop
