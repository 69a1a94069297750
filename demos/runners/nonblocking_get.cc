#include "demos/runners/nonblocking_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "os/io.h"
#include "os/syscall.h"

namespace demos::runners {

using bodies::Answer;

NonblockingGet::NonblockingGet(uint16_t port, std::string target)
    : target_(std::move(target)),
      request_(support::format_request(target_, /*keep_alive=*/false)),
      socket_(
          os::check(os::syscalls.socket(
                        AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                    "socket")) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = os::syscalls.connect(
      socket_.get(), reinterpret_cast<const sockaddr*>(&address),
      sizeof address);
  // Interrupted, it goes on in the background as well.
  if (result == -1 && errno != EINPROGRESS && errno != EINTR) {
    os::throw_errno("connect");
  }
}

pollfd NonblockingGet::wanted() const {
  const bool reads = phase_ == Phase::kReading;
  return {.fd = socket_.get(),
          .events = static_cast<short>(reads ? POLLIN : POLLOUT),
          .revents = 0};
}

std::optional<Answer> NonblockingGet::go_on() {
  if (phase_ == Phase::kConnecting) {
    throw_if_refused();
    phase_ = Phase::kSending;
  }
  if (phase_ == Phase::kSending && send()) {
    phase_ = Phase::kReading;
  }
  return phase_ == Phase::kReading ? read() : std::nullopt;
}

void NonblockingGet::throw_if_refused() const {
  int error = 0;
  socklen_t size = sizeof error;
  os::check(os::syscalls.getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error,
                                    &size),
            "getsockopt(SO_ERROR)");
  if (error != 0) {
    os::throw_error(error, "connect");
  }
}

bool NonblockingGet::send() {
  while (sent_ < request_.size()) {
    const auto rest = std::string_view(request_).substr(sent_);
    const auto count = os::send_some(socket_.get(), os::bytes_of(rest));
    if (!count) {
      return false;
    }
    sent_ += *count;
  }
  return true;
}

std::optional<Answer> NonblockingGet::read() {
  std::array<std::byte, 16384> buffer;
  while (const auto count = os::receive_some(socket_.get(), buffer)) {
    if (*count == 0) {
      response_.feed_end();
      return page();
    }
    if (response_.feed(
            {reinterpret_cast<const char*>(buffer.data()), *count})) {
      return page();
    }
  }
  return std::nullopt;
}

Answer NonblockingGet::page() {
  support::Response response = response_.take();
  if (response.status != 200) {
    throw std::runtime_error("no page " + target_);
  }
  return std::move(response.body);
}

}  // namespace demos::runners
