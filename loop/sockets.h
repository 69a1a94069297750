// loop/sockets.h - socket calls that suspend the task instead of the thread.
//
// CONCEPT     A socket is made non-blocking: a call that would have to wait
//             says EAGAIN at once. Then the task waits until the descriptor is
//             ready and tries again. Trying first is the fast path: in a busy
//             program the data is there already, and no wait is needed.
//
//               recv -> EAGAIN -> co_await readable -> recv -> 17 bytes
//
// IN PYTHON   loop.sock_accept, sock_connect, sock_recv, sock_sendall
// INVARIANTS  I1. A call that is cancelled leaves nothing registered.
//             I2. A socket leaves the loop's table before it is closed, so its
//                 number may be used again at once.
// THREADS     The loop's thread. One that is dropped elsewhere while its loop
//             runs is reported, and closed by the loop.
// OWNERSHIP   A Socket owns its descriptor. The calls borrow socket and buffer
//             until they are done: whoever awaits them keeps both.
// ERRORS      std::system_error naming the call; EBADF for whoever waits when
//             the socket is closed. The end of the stream is the value 0, not
//             an error.
// LEFT OUT    Datagrams, sendfile, TLS.
// READ NEXT   loop/run_in_executor.h
#ifndef LOOP_SOCKETS_H_
#define LOOP_SOCKETS_H_

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "loop/address.h"
#include "loop/core.h"
#include "loop/coroutine.h"
#include "loop/poller.h"
#include "loop/readiness.h"
#include "loop/ref.h"
#include "os/unique_fd.h"

namespace loop {

enum class Port : bool { kOwn, kShared };

class [[nodiscard]] Socket {
 public:
  // Takes a connected or listening socket over and makes it non-blocking.
  explicit Socket(os::UniqueFd fd);
  Socket(Socket&&) noexcept = default;
  Socket& operator=(Socket&& other) noexcept {
    abandon();
    core_ = std::move(other.core_);
    fd_ = std::move(other.fd_);
    return *this;
  }
  ~Socket() { abandon(); }

  // A stream socket for this kind of address, neither bound nor connected.
  static Socket stream(int family);
  // Bound to `address` and listening. A TCP port may be taken over from a
  // server that has just ended. A shared one may be bound by several sockets
  // of this user: the system deals the clients out among them. The file of a
  // Unix domain socket is its owner's alone.
  static Socket listening(const Address& address, int backlog = 128,
                          Port port = Port::kOwn);

  int fd() const { return fd_.get(); }
  Address address() const { return Address::of_socket(fd()); }
  void close();  // [I2]

  // Until a call is worth another try.
  Readiness readable() { return wait(Direction::kRead); }
  Readiness writable() { return wait(Direction::kWrite); }

  // A connection that waits in the queue of this listening socket; empty if
  // none does.
  std::optional<Socket> try_accept();
  // Sends each write without waiting for an answer to the one before (the
  // algorithm of Nagle saves packets for typists and delays everybody else).
  void send_small_pieces_at_once();

  // The next connection, if this one listens.
  Coroutine<Socket> accept();

 private:
  struct Nonblocking {};  // it is already: two system calls saved
  Socket(os::UniqueFd fd, Nonblocking) : fd_(std::move(fd)) {}
  Readiness wait(Direction direction);
  // close() for destructors: in a wrong thread it is left to the loop.
  void abandon() noexcept;

  os::UniqueFd fd_;
  Ref<Core> core_;  // of the loop that may watch it; null before the first wait
};

inline Coroutine<Socket> sock_accept(Socket& listener) {
  return listener.accept();
}
// Connects; ECONNREFUSED and the like come out as errors.
Coroutine<> sock_connect(Socket& socket, Address address);
// Up to buffer.size() bytes as soon as there are any; 0 at the end.
Coroutine<size_t> sock_recv(Socket& socket, std::span<std::byte> buffer);
// All of them. Cancelled or failed, some may have gone out.
Coroutine<> sock_sendall(Socket& socket, std::span<const std::byte> bytes);

}  // namespace loop

#endif  // LOOP_SOCKETS_H_
