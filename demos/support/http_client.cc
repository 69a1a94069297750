#include "demos/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
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

// Sleeps until `events` has come, or throws.
void wait_for(int fd, short events, scheduler::TimePoint deadline) {
  auto& clock = scheduler::SteadyClock::instance();
  for (;;) {
    const auto left = deadline - clock.now();
    if (left <= scheduler::Duration::zero()) {
      throw scheduler::TimeoutError("the server does not answer");
    }
    pollfd wanted = {.fd = fd, .events = events, .revents = 0};
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

// Lets no call that connects or sends block for longer. Zero would be no limit.
void limit_sending(int fd, scheduler::Duration timeout) {
  const auto whole =
      std::max(std::chrono::ceil<std::chrono::microseconds>(timeout),
               std::chrono::microseconds(1));
  const timeval limit = {.tv_sec = whole.count() / 1'000'000,
                         .tv_usec = whole.count() % 1'000'000};
  os::check(os::syscalls.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
                                    sizeof limit),
            "setsockopt(SO_SNDTIMEO)");
}

void connect_to(int fd, uint16_t port, scheduler::TimePoint deadline) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = os::syscalls.connect(
      fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  // Interrupted, or out of time: the attempt goes on without us, and asking
  // again would say EALREADY.
  if (result == -1 && (errno == EINTR || errno == EINPROGRESS)) {
    wait_for(fd, POLLOUT, deadline);
    return;  // a refusal shows itself at the first send
  }
  os::check(result, "connect");
}

void send_all(int fd, std::string_view text) {
  auto bytes = os::bytes_of(text);
  while (!bytes.empty()) {
    const auto count = os::send_some(fd, bytes);
    if (!count) {
      throw scheduler::TimeoutError("the server does not read");
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
  limit_sending(socket.get(), timeout);
  connect_to(socket.get(), port, deadline);
  send_all(socket.get(), format_request(target, /*keep_alive=*/false));
  ResponseReader response;
  std::array<std::byte, 16384> buffer;
  for (;;) {
    wait_for(socket.get(), POLLIN, deadline);
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
