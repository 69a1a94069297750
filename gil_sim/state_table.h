// gil_sim/state_table.h - millions of states, each kept once, in few bytes.
//
// CONCEPT     Two schedules that lead to the same state have the same future.
//             A search that remembers where it has been looks at each state
//             once: 10^23 schedules of ten increments become 10^4 states. So
//             memory is the limit, and a node or a vector for each state would
//             cost more than what it holds. Here keys stand one behind the
//             other in large blocks, and the table has four bytes a place; a
//             look is O(1), however many there are:
//
//               places  [ 7 | - | 2 | - | 5 ]     numbers of states
//               at_     [ offset of key 0, 1, 2 ... ]
//               blocks  [ size key | size key | ... ]
//
// IN PYTHON   a dict from bytes to a running number
// INVARIANTS  I1. Numbers are given in the order of first insertion, from 0.
//             I2. A key stays where it is: spans into it remain good.
// THREADS     One at a time.
// OWNERSHIP   Owns copies of the keys.
// ERRORS      StateTable::Full if the keys come to more than 16 GiB.
// LEFT OUT    Removal. Keeping a hash instead of the key (bit-state hashing):
//             smaller still, but two states might pass for one.
// READ NEXT   gil_sim/explorer.h
#ifndef GIL_SIM_STATE_TABLE_H_
#define GIL_SIM_STATE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace gil_sim {

class StateTable {
 public:
  struct Found {
    uint32_t number;
    bool is_new;
  };

  class Full : public std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  static constexpr size_t kBlock = size_t{1} << 16;
  static constexpr size_t kUnit = 4;  // keys begin at multiples of it
  // As far as a number of 32 bits goes, in units.
  static constexpr size_t kMostBytes = kUnit << 32;

  // With less room than that, to see what happens at its end.
  explicit StateTable(size_t most_bytes = kMostBytes);

  // The key is shorter than 16 KiB, and there are fewer than 2^32.
  Found insert(std::span<const uint8_t> key);
  std::span<const uint8_t> key(uint32_t number) const;
  uint32_t size() const { return static_cast<uint32_t>(at_.size()); }

  // No more insertions: gives back what only they need.
  void freeze() { places_ = {}; }

  // Memory in use, blocks and table together.
  size_t bytes() const;

 private:
  static constexpr uint32_t kFree = ~uint32_t{0};

  uint8_t* place_for(size_t size);
  void grow();

  const size_t most_blocks_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  size_t used_ = kBlock;          // of the last block
  std::vector<uint32_t> at_;      // in units
  std::vector<uint32_t> places_;  // a power of two, more than half of them free
};

}  // namespace gil_sim

#endif  // GIL_SIM_STATE_TABLE_H_
