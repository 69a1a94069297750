#include "os/io.h"

#include <cerrno>

namespace os {

namespace {

// EAGAIN becomes nullopt, any other refusal an exception.
std::optional<size_t> count_or_would_block(ssize_t result, const char* call) {
  if (result >= 0) {
    return static_cast<size_t>(result);
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    return std::nullopt;
  }
  throw_errno(call);
}

}  // namespace

std::optional<size_t> read_some(int fd, std::span<std::byte> buffer) {
  return count_or_would_block(
      retry_on_eintr(
          [&] { return syscalls.read(fd, buffer.data(), buffer.size()); }),
      "read");
}

std::optional<size_t> write_some(int fd, std::span<const std::byte> bytes) {
  return count_or_would_block(
      retry_on_eintr(
          [&] { return syscalls.write(fd, bytes.data(), bytes.size()); }),
      "write");
}

std::optional<size_t> send_some(int fd, std::span<const std::byte> bytes) {
  return count_or_would_block(
      retry_on_eintr([&] {
        return syscalls.send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      }),
      "send");
}

std::optional<size_t> receive_some(int fd, std::span<std::byte> buffer) {
  return count_or_would_block(
      retry_on_eintr(
          [&] { return syscalls.recv(fd, buffer.data(), buffer.size(), 0); }),
      "recv");
}

size_t read_all(int fd, std::span<std::byte> buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    const auto count = read_some(fd, buffer.subspan(filled));
    if (!count) {
      throw_error(EAGAIN, "read(blocking)");
    }
    if (*count == 0) {
      break;
    }
    filled += *count;
  }
  return filled;
}

void write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = write_some(fd, bytes);
    if (!count) {
      throw_error(EAGAIN, "write(blocking)");
    }
    bytes = bytes.subspan(*count);
  }
}

void set_nonblocking(int fd, bool on) {
  const int flags = check(syscalls.fcntl(fd, F_GETFL, 0), "fcntl(F_GETFL)");
  const int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  check(syscalls.fcntl(fd, F_SETFL, wanted), "fcntl(F_SETFL)");
}

Pipe make_pipe() {
  int fds[2];
  check(syscalls.pipe2(fds, O_CLOEXEC), "pipe2");
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

}  // namespace os
