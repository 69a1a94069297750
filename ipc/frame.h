// ipc/frame.h - messages in a stream of bytes: a length, then that many bytes.
//
// CONCEPT     A pipe carries bytes, not messages: what was written in two
//             pieces may be read in one, and the other way round. So each
//             message is preceded by its length, and the reader cuts the
//             stream where the lengths say:
//
//               written   [5|h e l l o] [2|o k]
//               read      [5|h e l] [l o 2|] [o k]     any cut is possible
//
//             Length and message are written by one call, and the reader
//             takes as much as is there by one call: a small message costs
//             one system call on each side.
// IN PYTHON   multiprocessing.connection.Connection._send_bytes, _recv_bytes
// INVARIANTS  I1. Frames come out whole and in the order they went in.
//             I2. Memory grows with the bytes that arrived, never with the
//                 length that was announced.
// THREADS     One at a time.
// OWNERSHIP   A reader owns what it has read ahead: nobody else sees these
//             bytes, so one reader has one end of a stream to itself.
// ERRORS      std::system_error(EBADMSG) for a length above kMaxFrame, which
//             is what garbage looks like; std::invalid_argument for a message
//             that is too long to send.
// LEFT OUT    Checksums: a pipe does not change bytes.
// READ NEXT   ipc/connection.h
#ifndef IPC_FRAME_H_
#define IPC_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace ipc {

// Longer messages are refused on both sides.
inline constexpr uint32_t kMaxFrame = uint32_t{1} << 30;

// The bytes of a frame before its content.
inline constexpr size_t kFrameHead = sizeof(uint32_t);

// Opens a frame at the end of `out`; what is appended then is its content.
// Returns what end_frame needs.
size_t begin_frame(std::vector<std::byte>& out);
// Closes it; or takes it back out of `out` and throws if it is too long.
void end_frame(std::vector<std::byte>& out, size_t frame);

class FrameReader {
 public:
  // One read(): how many bytes came, 0 at the end of the stream, nullopt if a
  // non-blocking descriptor has nothing now. Ends the life of earlier frames.
  std::optional<size_t> read_from(int fd);

  // The next frame that has arrived whole, valid until the next read_from().
  std::optional<std::span<const std::byte>> next();

  // As much of its content as has arrived; nullopt before its length has.
  // Valid as long as the frame.
  std::optional<std::span<const std::byte>> front() const;

  // The length announced for the next one, if its bytes are here.
  std::optional<size_t> announced() const;

  // Is there such a frame?
  bool has_frame() const;
  // Has a frame begun that has not arrived whole? At the end of the stream
  // this means that its writer died over it.
  bool inside_frame() const { return begin_ != end_ && !has_frame(); }

 private:
  void make_room();

  std::unique_ptr<std::byte[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;  // of what has not been handed out
  size_t end_ = 0;
};

}  // namespace ipc

#endif  // IPC_FRAME_H_
