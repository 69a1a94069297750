#include "loop/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

#include <cassert>
#include <cerrno>
#include <optional>
#include <stdexcept>

#include "loop/descriptors.h"
#include "loop/event_loop.h"
#include "loop/hand_over.h"
#include "os/io.h"
#include "os/syscall.h"

namespace loop {

Socket::Socket(os::UniqueFd fd) : Socket(std::move(fd), Nonblocking()) {
  os::set_nonblocking(fd_.get(), true);
}

Socket Socket::stream(int family) {
  return Socket(os::UniqueFd(os::check(
                    os::syscalls.socket(
                        family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                    "socket")),
                Nonblocking());
}

std::optional<Socket> Socket::try_accept() {
  for (;;) {
    const int fd = os::retry_on_eintr([&] {
      return os::syscalls.accept4(fd_.get(), nullptr, nullptr,
                                  SOCK_CLOEXEC | SOCK_NONBLOCK);
    });
    if (fd >= 0) {
      return Socket(os::UniqueFd(fd), Nonblocking());
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return std::nullopt;
    }
    // A connection that its peer gave up while it was queued is no concern of
    // the others.
    if (errno != ECONNABORTED) {
      os::throw_errno("accept4");
    }
  }
}

Coroutine<Socket> Socket::accept() {
  for (;;) {
    if (std::optional<Socket> client = try_accept()) {
      co_return std::move(*client);
    }
    co_await readable();
  }
}

void Socket::send_small_pieces_at_once() {
  const int on = 1;
  os::check(
      os::syscalls.setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on),
      "setsockopt(TCP_NODELAY)");
}

Socket Socket::listening(const Address& address, int backlog, Port port) {
  Socket socket = stream(address.family());
  const int on = 1;
  if (address.family() == AF_UNIX) {
    // Linux gives the file the mode of the socket: whatever the umask says,
    // there is no moment at which another user could connect.
    os::check(os::syscalls.fchmod(socket.fd(), S_IRUSR | S_IWUSR),
              "fchmod(socket)");
  } else {
    os::check(os::syscalls.setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR,
                                      &on, sizeof on),
              "setsockopt(SO_REUSEADDR)");
  }
  if (port == Port::kShared) {
    os::check(os::syscalls.setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEPORT,
                                      &on, sizeof on),
              "setsockopt(SO_REUSEPORT)");
  }
  os::check(os::syscalls.bind(socket.fd(), address.data(), address.size()),
            "bind");
  os::check(os::syscalls.listen(socket.fd(), backlog), "listen");
  return socket;
}

void Socket::close() {
  if (core_ && !core_->closed()) {
    core_->loop().descriptors().forget(fd_.get());
  }
  core_ = Ref<Core>();
  fd_.reset();
}

void Socket::abandon() noexcept {
  try {
    close();
  } catch (const std::logic_error&) {
    Core& core = *core_;
    hand_over(core, "a socket", [mine = std::move(core_), fd = std::move(fd_)] {
      mine->loop().descriptors().forget(fd.get());
    });
  }
}

Readiness Socket::wait(Direction direction) {
  if (!core_) {
    core_ = Ref<Core>(&require_running_core());
  }
  assert(core_.get() == Core::running() &&
         "a socket belongs to the loop that first waited for it");
  return Readiness(fd_.get(), direction, true);
}

Coroutine<> sock_connect(Socket& socket, Address address) {
  if (os::syscalls.connect(socket.fd(), address.data(), address.size()) == 0) {
    co_return;
  }
  // Interrupted, it goes on in the background as well.
  if (errno != EINPROGRESS && errno != EINTR) {
    os::throw_errno("connect");
  }
  co_await socket.writable();
  int error = 0;
  socklen_t size = sizeof error;
  os::check(
      os::syscalls.getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size),
      "getsockopt(SO_ERROR)");
  if (error != 0) {
    os::throw_error(error, "connect");
  }
}

Coroutine<size_t> sock_recv(Socket& socket, std::span<std::byte> buffer) {
  for (;;) {
    if (const std::optional<size_t> count =
            os::receive_some(socket.fd(), buffer)) {
      co_return *count;
    }
    co_await socket.readable();
  }
}

Coroutine<> sock_sendall(Socket& socket, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (const std::optional<size_t> count = os::send_some(socket.fd(), bytes)) {
      bytes = bytes.subspan(*count);
    } else {
      co_await socket.writable();
    }
  }
}

}  // namespace loop
