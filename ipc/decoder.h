// ipc/decoder.h - what is left of a message, none of it believed.
//
// CONCEPT     Who wrote the message may have died in the middle of it, be an
//             older program, or mean harm. A reader that believes the counts in
//             it reads beyond its end, or asks for memory by the terabyte. So
//             everything is taken from the front, through one door that knows
//             how much there is:
//
//               02 00 00 00 00 00 00 00  'a' 'b'   07 00 00 00
//               '------ a count ------'  '-----'   '- rest() -'
//                2 <= 6 that are left    take(2)
//
//             A count that lies is an error before anything is allocated for
//             it, and how deep structs lie in each other is bounded, because
//             each level is a frame on the stack of the one who reads.
// IN PYTHON   _pickle.c: _Unpickler_Read, "pickle data was truncated"
// INVARIANTS  I1. Nothing outside the message is read.
//             I2. What a count promises could be there: it is no more than the
//                 bytes left, divided by the least size of an element.
//             I3. At most kMaxDepth levels are open.
// THREADS     One at a time.
// OWNERSHIP   Borrows the bytes.
// ERRORS      DecodeError with a sentence.
// READ NEXT   ipc/codec.h
#ifndef IPC_DECODER_H_
#define IPC_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "ipc/errors.h"

namespace ipc {

// How deep structs may lie in each other. Who sends a million of them is after
// our stack.
inline constexpr int kMaxDepth = 500;

class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : rest_(bytes) {}

  // One struct more, for a scope. [I3]
  class Level {
   public:
    explicit Level(Decoder& in) : in_(in) {
      if (in.depth_ == kMaxDepth) {
        throw DecodeError("structs in structs, deeper than " +
                          std::to_string(kMaxDepth));
      }
      ++in.depth_;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --in_.depth_; }

   private:
    Decoder& in_;
  };

  // The next `size` bytes. [I1]
  std::span<const std::byte> take(size_t size) {
    if (size > rest_.size()) {
      throw DecodeError("a value needs " + std::to_string(size) +
                        " bytes, but the message has only " +
                        std::to_string(rest_.size()) + " left");
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  // A count of elements, each of at least `element_size` bytes. [I2]
  size_t take_count(size_t element_size) {
    uint64_t count;
    std::memcpy(&count, take(sizeof count).data(), sizeof count);
    if (count > rest_.size() / element_size) {
      throw DecodeError("a count of " + std::to_string(count) +
                        " elements, but the message has only " +
                        std::to_string(rest_.size()) + " bytes left");
    }
    return count;
  }

  std::span<const std::byte> rest() const { return rest_; }

 private:
  std::span<const std::byte> rest_;
  int depth_ = 0;
};

}  // namespace ipc

#endif  // IPC_DECODER_H_
