// loop/byte_buffer.h - bytes that came in and have not been taken yet.
//
// CONCEPT     A queue of bytes in one piece of memory. The system writes at
//             the back, straight into free room; the reader takes from the
//             front. What is left slides to the front only when the room runs
//             out, and the memory is kept: once a connection has warmed up,
//             a message costs no allocation.
//
//               |  taken  |  waiting  |  room  |
//                         ^ begin     ^ end    ^ capacity
//
// IN PYTHON   StreamReader._buffer, a bytearray
// INVARIANTS  I1. Bytes come out in the order in which they went in.
// THREADS     One.
// OWNERSHIP   Owns its memory, which is not initialised: zeroing it would cost
//             as much as filling it.
// ERRORS      std::bad_alloc.
// READ NEXT   loop/connection.h
#ifndef LOOP_BYTE_BUFFER_H_
#define LOOP_BYTE_BUFFER_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace loop {

class ByteBuffer {
 public:
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::string_view view() const { return {memory_.get() + begin_, size()}; }

  // Free room at the back, 1 to `at_most` bytes. The memory doubles when the
  // last room was used up entirely, so small messages keep a small buffer.
  std::span<std::byte> room(size_t at_most) {
    assert(at_most > 0 && "nobody asks for no room");
    if (end_ == capacity_ || (used_up_ && capacity_ - end_ < at_most)) {
      make_room(std::max(size_t{4096}, used_up_ ? capacity_ * 2 : size() * 2));
    }
    used_up_ = false;
    return std::as_writable_bytes(
        std::span(memory_.get() + end_, std::min(at_most, capacity_ - end_)));
  }
  // The first `count` bytes of the room have been filled.
  void filled(size_t count) {
    end_ += count;
    used_up_ = end_ == capacity_;
  }

  void append(std::string_view bytes) {
    if (bytes.size() > capacity_ - end_) {
      make_room(std::max(size() * 2, size() + bytes.size()));
    }
    std::memcpy(memory_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }

  // Drops the first `count` bytes.
  void drop(size_t count) {
    assert(count <= size() && "more than there is");
    begin_ += count;
    if (empty()) {
      begin_ = end_ = 0;
    }
  }
  // The first `count` bytes, which are dropped here.
  std::string take(size_t count) {
    std::string bytes(view().substr(0, count));
    drop(bytes.size());
    return bytes;
  }
  void clear() { begin_ = end_ = 0; }

 private:
  // Slides what is left to the front of a memory of at least `wanted` bytes.
  void make_room(size_t wanted) {
    if (wanted <= capacity_) {
      std::memmove(memory_.get(), memory_.get() + begin_, size());
    } else {
      std::unique_ptr<char[]> larger(new char[wanted]);
      if (!empty()) {
        std::memcpy(larger.get(), memory_.get() + begin_, size());
      }
      memory_ = std::move(larger);
      capacity_ = wanted;
    }
    end_ = size();
    begin_ = 0;
  }

  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool used_up_ = false;
};

}  // namespace loop

#endif  // LOOP_BYTE_BUFFER_H_
