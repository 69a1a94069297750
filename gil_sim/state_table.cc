#include "gil_sim/state_table.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

namespace gil_sim {

namespace {

// Eight bytes at a time, multiplied and folded. Only speed depends on it.
size_t hash_of(std::span<const uint8_t> key) {
  uint64_t hash = key.size();
  const auto mix = [&hash](uint64_t word) {
    const auto wide =
        static_cast<unsigned __int128>(hash ^ word) * 0x9e3779b97f4a7c15u;
    hash = static_cast<uint64_t>(wide) ^ static_cast<uint64_t>(wide >> 64);
  };
  size_t i = 0;
  for (; i + 8 <= key.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, key.data() + i, 8);
    mix(word);
  }
  uint64_t word = 0;
  const auto rest = key.subspan(i);  // perhaps nothing, at no address
  std::copy(rest.begin(), rest.end(), reinterpret_cast<uint8_t*>(&word));
  mix(word);
  mix(hash >> 32);
  return hash;
}

}  // namespace

StateTable::StateTable(size_t most_bytes)
    : most_blocks_(most_bytes / kBlock), places_(1024, kFree) {
  assert(most_bytes <= kMostBytes && "offsets have 32 bits");
}

StateTable::Found StateTable::insert(std::span<const uint8_t> key) {
  assert(key.size() < kBlock / 4 && "a key is shorter than 16 KiB");
  assert(at_.size() < kFree && "fewer than 2^32 keys");
  const size_t mask = places_.size() - 1;
  size_t place = hash_of(key) & mask;
  for (; places_[place] != kFree; place = (place + 1) & mask) {
    const auto known = this->key(places_[place]);
    if (std::equal(known.begin(), known.end(), key.begin(), key.end())) {
      return {places_[place], false};
    }
  }
  const auto number = static_cast<uint32_t>(at_.size());
  uint8_t* const to = place_for(key.size() + 2);
  const auto size = static_cast<uint16_t>(key.size());
  std::memcpy(to, &size, 2);
  std::copy(key.begin(), key.end(), to + 2);
  places_[place] = number;
  if (at_.size() * 2 > places_.size()) {
    grow();
  }
  return {number, true};
}

std::span<const uint8_t> StateTable::key(uint32_t number) const {
  const size_t offset = at_[number] * kUnit;
  const uint8_t* const from = blocks_[offset / kBlock].get() + offset % kBlock;
  uint16_t size;
  std::memcpy(&size, from, 2);
  return {from + 2, size};
}

uint8_t* StateTable::place_for(size_t size) {
  if (used_ + size > kBlock) {
    if (blocks_.size() == most_blocks_) {
      throw Full("the states take more than " +
                 std::to_string(most_blocks_ * kBlock) + " bytes");
    }
    blocks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(kBlock));
    used_ = 0;
  }
  const size_t begin = used_;
  used_ = (begin + size + kUnit - 1) / kUnit * kUnit;
  at_.push_back(
      static_cast<uint32_t>(((blocks_.size() - 1) * kBlock + begin) / kUnit));
  return blocks_.back().get() + begin;
}

void StateTable::grow() {
  std::vector<uint32_t> wider(places_.size() * 2, kFree);
  const size_t mask = wider.size() - 1;
  for (uint32_t number = 0; number < at_.size(); ++number) {
    size_t place = hash_of(key(number)) & mask;
    while (wider[place] != kFree) {
      place = (place + 1) & mask;
    }
    wider[place] = number;
  }
  places_ = std::move(wider);
}

size_t StateTable::bytes() const {
  return blocks_.size() * kBlock + at_.size() * sizeof at_[0] +
         places_.capacity() * sizeof places_[0];
}

}  // namespace gil_sim
