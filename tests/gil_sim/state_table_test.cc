// The promises of gil_sim/state_table.h.
#include "gil_sim/state_table.h"

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace gil_sim {
namespace {

using Key = std::vector<uint8_t>;

Key key_of(const StateTable& table, uint32_t number) {
  const auto bytes = table.key(number);
  return Key(bytes.begin(), bytes.end());
}

// I1
TEST(StateTable, NumbersKeysInTheOrderOfTheirFirstInsertion) {
  StateTable table;
  EXPECT_EQ(table.insert(Key{1, 2}).number, 0u);
  EXPECT_EQ(table.insert(Key{}).number, 1u);
  const auto again = table.insert(Key{1, 2});
  EXPECT_EQ(again.number, 0u);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(table.size(), 2u);
}

TEST(StateTable, KeysThatDifferInLengthOnlyAreDifferent) {
  StateTable table;
  for (size_t length = 0; length < 40; ++length) {
    EXPECT_TRUE(table.insert(Key(length, 0)).is_new) << length;
  }
}

// I2, against a map, with keys that share most of their bytes.
TEST(StateTable, AgreesWithAMapOnManyKeys) {
  std::mt19937 dice(1);
  StateTable table;
  std::map<Key, uint32_t> model;
  const auto first = table.insert(Key{9}).number;
  const auto* const stays = table.key(first).data();
  model[Key{9}] = first;
  for (int i = 0; i < 30'000; ++i) {
    Key key(5 + dice() % 20, 0);
    key[dice() % key.size()] = static_cast<uint8_t>(dice());
    key[dice() % key.size()] = static_cast<uint8_t>(dice());
    const auto found = table.insert(key);
    const auto [known, is_new] = model.emplace(key, found.number);
    ASSERT_EQ(found.is_new, is_new);
    ASSERT_EQ(found.number, known->second);
  }
  ASSERT_EQ(table.size(), model.size());
  for (const auto& [key, number] : model) {
    ASSERT_EQ(key_of(table, number), key);
  }
  EXPECT_EQ(table.key(first).data(), stays);
}

TEST(StateTable, RefusesAKeyForWhichThereIsNoRoom) {
  StateTable table(StateTable::kBlock);
  const Key key(10'000, 0);
  for (uint8_t i = 0; i < 6; ++i) {
    Key another = key;
    another[0] = i;
    EXPECT_EQ(table.insert(another).number, i);
  }
  Key last = key;
  last[0] = 6;
  EXPECT_THROW(table.insert(last), StateTable::Full);
  EXPECT_EQ(table.size(), 6u);
  EXPECT_FALSE(table.insert(key).is_new);
}

TEST(StateTable, TakesLittleMoreThanTheKeys) {
  StateTable table;
  for (uint32_t i = 0; i < 300'000; ++i) {
    Key key(14, 0);
    key[0] = static_cast<uint8_t>(i);
    key[5] = static_cast<uint8_t>(i >> 8);
    key[9] = static_cast<uint8_t>(i >> 16);
    table.insert(key);
  }
  EXPECT_LE(table.bytes(), 37u * table.size());
}

}  // namespace
}  // namespace gil_sim
