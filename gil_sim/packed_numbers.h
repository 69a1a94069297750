// gil_sim/packed_numbers.h - small numbers in one byte, large ones in ten.
//
// CONCEPT     Program counters, lock owners and counters of small programs are
//             below 64 almost always, but nothing says that they must be. Seven
//             bits of a number go into each byte, lowest first; the eighth says
//             that another byte follows. Negative numbers are first folded
//             between the positive ones, so that -1 is short as well:
//
//               0 -1 1 -2 2 ...   ->   0 1 2 3 4 ...
//
// IN PYTHON   marshal and pickle shorten numbers too; the code is LEB128
// INVARIANTS  I1. One-to-one: what is read is what was written, and equal
//                 numbers have equal bytes.
// THREADS     Values.
// OWNERSHIP   The caller has room for kMostBytesOfANumber.
// READ NEXT   gil_sim/model.h
#ifndef GIL_SIM_PACKED_NUMBERS_H_
#define GIL_SIM_PACKED_NUMBERS_H_

#include <cstddef>
#include <cstdint>

namespace gil_sim {

inline constexpr size_t kMostBytesOfANumber = 10;

inline void put_number(uint8_t*& to, int64_t value) {
  uint64_t rest =
      (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  while (rest >= 0x80) {
    *to++ = static_cast<uint8_t>(rest | 0x80);
    rest >>= 7;
  }
  *to++ = static_cast<uint8_t>(rest);
}

inline int64_t get_number(const uint8_t*& from) {
  uint64_t rest = *from & 0x7f;
  for (unsigned shift = 7; (*from++ & 0x80) != 0; shift += 7) {
    rest |= static_cast<uint64_t>(*from & 0x7f) << shift;
  }
  return static_cast<int64_t>(rest >> 1) ^ -static_cast<int64_t>(rest & 1);
}

}  // namespace gil_sim

#endif  // GIL_SIM_PACKED_NUMBERS_H_
