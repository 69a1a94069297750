#include "demos/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <span>
#include <string>

#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/errors.h"

namespace demos::support {

namespace {

// Sleeps until there is something to read, or throws.
void wait_readable(int fd, scheduler::TimePoint deadline) {
  auto& clock = scheduler::SteadyClock::instance();
  for (;;) {
    const auto left = deadline - clock.now();
    if (left <= scheduler::Duration::zero()) {
      throw scheduler::TimeoutError("the server does not answer");
    }
    pollfd wanted = {.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = os::syscalls.poll(
        &wanted, 1,
        static_cast<int>(
            std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    if (ready == 1) {
      return;
    }
    if (ready == -1 && errno != EINTR) {
      os::throw_errno("poll");
    }
  }
}

void connect_to(int fd, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = os::syscalls.connect(
      fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (result == -1 && errno == EINTR) {
    // The attempt goes on without us; asking again would say EALREADY.
    pollfd wanted = {.fd = fd, .events = POLLOUT, .revents = 0};
    os::check(
        os::retry_on_eintr([&] { return os::syscalls.poll(&wanted, 1, -1); }),
        "poll");
    return;  // a refusal shows itself at the first send
  }
  os::check(result, "connect");
}

void send_all(int fd, std::string_view text) {
  auto bytes = os::bytes_of(text);
  while (!bytes.empty()) {
    const auto count = os::send_some(fd, bytes);
    if (!count) {
      os::throw_error(EAGAIN, "send(blocking)");
    }
    bytes = bytes.subspan(*count);
  }
}

}  // namespace

Response http_get(uint16_t port, std::string_view target,
                  scheduler::Duration timeout) {
  const auto deadline = scheduler::SteadyClock::instance().now() + timeout;
  const os::UniqueFd socket(os::check(
      os::syscalls.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  connect_to(socket.get(), port);
  send_all(socket.get(), format_request(target, /*keep_alive=*/false));
  ResponseReader response;
  std::array<std::byte, 16384> buffer;
  for (;;) {
    wait_readable(socket.get(), deadline);
    const auto count = os::retry_on_eintr([&] {
      return os::syscalls.recv(socket.get(), buffer.data(), buffer.size(), 0);
    });
    os::check(count, "recv");
    if (count == 0) {
      response.feed_end();
      return response.take();
    }
    if (response.feed({reinterpret_cast<const char*>(buffer.data()),
                       static_cast<size_t>(count)})) {
      return response.take();
    }
  }
}

}  // namespace demos::support
