// ipc/connection.h - one end of a channel that carries values.
//
// CONCEPT     send() encodes a value and writes it as one frame; recv() waits
//             for the next frame and decodes it. Neither side sees bytes. When
//             every writer has closed its end, recv() still delivers what was
//             sent and then says EOFError: that is how a reader learns that
//             there will never be another message.
// IN PYTHON   multiprocessing.connection.Connection
// INVARIANTS  I1. Messages arrive whole, once, in the order sent.
//             I2. A small message costs one write and one read.
//             I3. A writer whose readers are gone gets EPIPE, never SIGPIPE
//                 (make_pipe() sees to it).
// THREADS     One sends and one receives at a time; the two need not be the
//             same thread. One process reads an end: what a connection has
//             read ahead is in its own memory.
// OWNERSHIP   Owns the descriptor. A forked child has a copy of it, and while
//             that is open the other side sees no end: hand the connection to
//             ipc::Process, which closes the rest.
// ERRORS      EOFError at the end; DecodeError for a message of another type;
//             std::system_error: EBADF (closed, or the wrong end of a one-way
//             pipe), EPIPE (nobody reads), EBADMSG (the stream ends inside a
//             message or announces an impossible one; the connection is closed
//             then, as nobody knows where the next message begins), ECONNRESET
//             (the peer at the other end of a two-way pipe went and left unread
//             what it had been sent; EOFError from then on).
// LEFT OUT    Noticing a stranger's bytes that pass for a length: recv() waits
//             for as many to come. Addresses and authentication (Listener,
//             Client), sending descriptors.
// READ NEXT   ipc/pipe.h
#ifndef IPC_CONNECTION_H_
#define IPC_CONNECTION_H_

#include <cstddef>
#include <span>
#include <vector>

#include "ipc/codec.h"
#include "ipc/frame.h"
#include "ipc/wait.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace ipc {

class [[nodiscard]] Connection {
 public:
  enum class Direction { kBoth, kRead, kWrite };

  // Takes over a blocking descriptor of a pipe or stream socket.
  explicit Connection(os::UniqueFd fd, Direction direction = Direction::kBoth)
      : fd_(std::move(fd)), direction_(direction) {}

  template <class T>
  void send(const T& value) {
    require(Direction::kWrite, "send");
    outgoing_.clear();
    const size_t frame = begin_frame(outgoing_);
    encode_to(outgoing_, value);
    end_frame(outgoing_, frame);
    write_outgoing();
  }
  template <class T>
  T recv() {
    return decode<T>(recv_frame());
  }

  // The content as it is, without encoding.
  void send_bytes(std::span<const std::byte> bytes);
  Bytes recv_bytes();
  // The same without a copy: valid until the next call that receives.
  std::span<const std::byte> recv_frame();

  // Is there a message, or the end of them, within `timeout`? Takes nothing.
  bool poll(scheduler::Duration timeout = scheduler::Duration::zero()) const;

  // For ipc::wait(). An event loop that watches fileno() instead must receive
  // until poll() says no, because of what has been read ahead.
  operator Waitable() const;
  int fileno() const;

  void close() { fd_.reset(); }
  bool closed() const { return !fd_; }

 private:
  void require(Direction wanted, const char* call) const;
  void write_outgoing();

  os::UniqueFd fd_;
  Direction direction_;
  FrameReader incoming_;
  Bytes outgoing_;  // the frame being sent; kept for its memory
};

}  // namespace ipc

#endif  // IPC_CONNECTION_H_
