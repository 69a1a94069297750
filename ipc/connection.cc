#include "ipc/connection.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "os/io.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// More than this is not kept from one message to the next.
constexpr size_t kKeptBuffer = size_t{64} * 1024;

}  // namespace

void Connection::require(Direction wanted, const char* call) const {
  if (!fd_) {
    os::throw_error(EBADF, (std::string(call) + "(closed connection)").c_str());
  }
  if (direction_ != Direction::kBoth && direction_ != wanted) {
    os::throw_error(EBADF, (std::string(call) + "(wrong end)").c_str());
  }
}

void Connection::send_bytes(std::span<const std::byte> bytes) {
  require(Direction::kWrite, "send");
  outgoing_.clear();
  const size_t frame = begin_frame(outgoing_);
  outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
  end_frame(outgoing_, frame);
  write_outgoing();
}

void Connection::write_outgoing() {
  os::write_all(fd_.get(), outgoing_);
  if (outgoing_.capacity() > kKeptBuffer) {
    Bytes().swap(outgoing_);
  }
}

std::span<const std::byte> Connection::recv_frame() {
  require(Direction::kRead, "recv");
  for (;;) {
    try {
      if (const auto frame = incoming_.next()) {
        return *frame;
      }
    } catch (const std::system_error&) {
      close();
      throw;
    }
    const auto count = incoming_.read_from(fd_.get());
    if (!count) {
      os::throw_error(EAGAIN, "recv(a non-blocking descriptor)");
    }
    if (*count == 0) {
      if (!incoming_.inside_frame()) {
        throw EOFError();
      }
      close();
      os::throw_error(EBADMSG, "recv(the stream ends inside a message)");
    }
  }
}

Bytes Connection::recv_bytes() {
  const auto frame = recv_frame();
  return Bytes(frame.begin(), frame.end());
}

bool Connection::poll(scheduler::Duration timeout) const {
  require(Direction::kRead, "poll");
  return incoming_.has_frame() || !wait({*this}, timeout).empty();
}

Connection::operator Waitable() const {
  return Waitable(fileno(), incoming_.has_frame());
}

int Connection::fileno() const {
  if (!fd_) {
    os::throw_error(EBADF, "fileno(closed connection)");
  }
  return fd_.get();
}

}  // namespace ipc
