#include "demos/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <string>

#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/errors.h"

namespace demos::support {

namespace {

constexpr const char* kNoAnswer = "the server does not answer";

// Sleeps until one of `events` has come. When it is too late for that, throws
// `complaint`. [I1]
void wait_for(int fd, short events, scheduler::TimePoint deadline,
              const char* complaint) {
  using std::chrono::milliseconds;
  auto& clock = scheduler::SteadyClock::instance();
  for (;;) {
    const auto left = deadline - clock.now();
    if (left <= scheduler::Duration::zero()) {
      throw scheduler::TimeoutError(complaint);
    }
    // A number below zero would be for ever.
    const milliseconds patience =
        std::min(std::chrono::ceil<milliseconds>(left), milliseconds(INT_MAX));
    pollfd wanted = {.fd = fd, .events = events, .revents = 0};
    const int ready =
        os::syscalls.poll(&wanted, 1, static_cast<int>(patience.count()));
    if (ready == 1) {
      return;
    }
    if (ready == -1 && errno != EINTR) {
      os::throw_errno("poll");
    }
  }
}

void connect_to(int fd, uint16_t port, scheduler::TimePoint deadline) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = os::syscalls.connect(
      fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  // On its way, or interrupted: the attempt goes on without us, and asking
  // again would say EALREADY. The socket keeps how it ended.
  if (result == -1 && (errno == EINTR || errno == EINPROGRESS)) {
    wait_for(fd, POLLOUT, deadline, kNoAnswer);
    int error = 0;
    socklen_t size = sizeof error;
    os::check(os::syscalls.getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size),
              "getsockopt(SO_ERROR)");
    if (error != 0) {
      os::throw_error(error, "connect");
    }
    return;
  }
  os::check(result, "connect");
}

void send_all(int fd, std::string_view text, scheduler::TimePoint deadline) {
  auto bytes = os::bytes_of(text);
  while (!bytes.empty()) {
    if (const auto count = os::send_some(fd, bytes)) {
      bytes = bytes.subspan(*count);
    } else {
      wait_for(fd, POLLOUT, deadline, "the server does not read");
    }
  }
}

}  // namespace

Response http_get(uint16_t port, std::string_view target,
                  scheduler::Duration timeout) {
  const auto deadline = scheduler::SteadyClock::instance().now() + timeout;
  // No call on it waits: only wait_for() does, and it knows the deadline.
  const os::UniqueFd socket(
      os::check(os::syscalls.socket(
                    AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                "socket"));
  connect_to(socket.get(), port, deadline);
  send_all(socket.get(), format_request(target, /*keep_alive=*/false),
           deadline);
  ResponseReader response;
  std::array<std::byte, 16384> buffer;
  for (;;) {
    wait_for(socket.get(), POLLIN, deadline, kNoAnswer);
    const auto count = os::receive_some(socket.get(), buffer);
    if (!count) {
      continue;
    }
    if (*count == 0) {
      response.feed_end();
      return response.take();
    }
    if (response.feed({reinterpret_cast<const char*>(buffer.data()), *count})) {
      return response.take();
    }
  }
}

}  // namespace demos::support
