#include "loop/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "loop/descriptors.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/hand_over.h"
#include "loop/poller.h"
#include "loop/report.h"
#include "os/io.h"
#include "os/syscall.h"

namespace loop {

namespace {

// Writes to a closed connection are ignored; from this one on with a report.
constexpr int kReportedWrite = 5;

}  // namespace

Connection::Connection(Socket socket)
    : core_(&require_running_core()), socket_(std::move(socket)) {}

bool Connection::receive(ByteBuffer& into, size_t at_most) {
  if (empty_) {
    return false;  // [I4]
  }
  try {
    const std::span<std::byte> room = into.room(at_most);
    const std::optional<size_t> count = os::receive_some(socket_.fd(), room);
    if (!count) {
      empty_ = true;
      return false;
    }
    into.filled(*count);
    empty_ = *count < room.size() || ++eager_ == kEager;
    ended_ = *count == 0;
  } catch (const std::system_error&) {
    fail(std::current_exception());
  }
  return true;
}

void Connection::set_error(std::exception_ptr error) {
  if (!error_) {
    error_ = std::move(error);
  }
  if (arrival_ != nullptr) {
    arrival_->wake();  // [I3]
  }
}

void Connection::fail(std::exception_ptr error) {
  set_error(std::move(error));
  abort();
}

void Connection::send(std::string_view bytes) {
  core_->check_thread();
  if (eof_wanted_) {
    throw std::runtime_error("cannot write after write_eof()");
  }
  if (closing_) {
    if (++ignored_writes_ >= kReportedWrite) {
      core_->report({"a write to a closed connection was ignored", nullptr});
    }
    return;
  }
  if (backlog_.empty()) {  // else it would overtake [I1]
    bytes.remove_prefix(send_now(bytes));
    if (bytes.empty() || closing_) {
      return;
    }
    try {
      core_->loop().descriptors().set_callback(
          socket_.fd(), Direction::kWrite,
          [self = Ref<Connection>(this)] { self->send_backlog(); });
    } catch (const std::system_error&) {
      // A part is out and the rest can never follow: what the peer would make
      // of a later write is nonsense. [I1]
      fail(std::current_exception());
      return;
    }
  }
  backlog_.append(bytes);
  paused_ = paused_ || backlog_.size() > kHighWater;  // [I2]
}

size_t Connection::send_now(std::string_view bytes) {
  try {
    return os::send_some(socket_.fd(), os::bytes_of(bytes)).value_or(0);
  } catch (const std::system_error&) {
    fail(std::current_exception());
    return 0;
  }
}

// The socket is writable again.
void Connection::send_backlog() {
  const size_t sent = send_now(backlog_.view());
  if (closed_) {
    return;  // it failed
  }
  backlog_.drop(sent);
  if (paused_ && backlog_.size() <= kLowWater) {
    paused_ = false;
    wake(Until::kLowWater);  // [I2]
  }
  if (!backlog_.empty()) {
    return;
  }
  core_->loop().descriptors().remove(socket_.fd(), Direction::kWrite);
  if (closing_) {
    finish();
  } else if (eof_wanted_) {
    shut_down_sending();
  }
}

void Connection::send_eof() {
  core_->check_thread();
  if (eof_wanted_ || closing_) {
    return;
  }
  eof_wanted_ = true;
  if (backlog_.empty()) {
    shut_down_sending();
  }
}

void Connection::shut_down_sending() {
  if (os::syscalls.shutdown(socket_.fd(), SHUT_WR) == -1) {
    fail(std::make_exception_ptr(std::system_error(
        errno, std::generic_category(), "shutdown(SHUT_WR)")));
  }
}

void Connection::close() {
  core_->check_thread();
  closing_ = true;
  if (backlog_.empty()) {
    finish();
    return;
  }
  // Only sending goes on.
  ended_ = true;
  if (arrival_ != nullptr) {
    arrival_->wake();  // [I3]
  }
}

void Connection::abort() {
  core_->check_thread();
  backlog_.clear();
  closing_ = true;
  finish();
}

void Connection::abandon(Ref<Connection> self) noexcept {
  try {
    self->close();
  } catch (const std::logic_error&) {
    Core& core = *self->core_;
    hand_over(core, "a stream", [self = std::move(self)] { self->close(); });
  }
}

void Connection::finish() {
  if (closed_) {
    return;
  }
  closed_ = true;
  ended_ = true;
  if (arrival_ != nullptr) {
    arrival_->wake();  // [I3] while the loop still knows the descriptor
  }
  if (!core_->closed()) {
    core_->loop().descriptors().forget(socket_.fd());
  }
  socket_.close();
  wake(Until::kLowWater);  // [I3]
  wake(Until::kClosed);
}

bool Connection::reached(Until until) const {
  return closed_ || (until == Until::kLowWater && !paused_);
}

void Connection::wake(Until until) {
  // A copy: each one that is woken leaves the list.
  for (Wait* wait : std::vector<Wait*>(waits_)) {
    if (wait->until_ == until) {
      wait->wake();
    }
  }
}

void Connection::Wait::await_resume() {
  if (task_ != nullptr) {
    leave();
    task_->check_cancelled();
  }
  connection_->check_error();
  if (until_ == Until::kLowWater && connection_->closed_) {
    os::throw_error(ECONNRESET, "drain");
  }
}

bool Connection::Wait::leave() {
  return std::erase(connection_->waits_, this) > 0;
}

}  // namespace loop
