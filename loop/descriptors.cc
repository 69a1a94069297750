#include "loop/descriptors.h"

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "os/syscall.h"

namespace loop {

namespace {

[[noreturn]] void refuse_second(int fd) {
  throw std::runtime_error("descriptor " + std::to_string(fd) +
                           " has somebody waiting for it already");
}

}  // namespace

void Descriptors::set_callback(int fd, Direction direction,
                               std::function<void()> function) {
  Descriptor& d = descriptor(fd);
  if (d.at(direction).waiting != nullptr) {
    refuse_second(fd);  // [I1]
  }
  Interest wanted = d.wanted();
  (direction == Direction::kRead ? wanted.read : wanted.write) = true;
  // Always, also where nothing seems to change: the number may have been
  // closed and opened anew without a word to us.
  arm(fd, wanted);
  Entry& entry = d.at(direction);
  if (Watcher* const old = std::exchange(
          entry.callback,
          new Watcher(std::move(function), "descriptor callback"))) {
    old->remove();
  }
}

void Descriptors::wait_once(int fd, Direction direction, Waiting& waiting) {
  Descriptor& d = descriptor(fd);
  Entry& entry = d.at(direction);
  if (entry.wanted()) {
    refuse_second(fd);  // [I1]
  }
  Interest wanted = d.armed;
  (direction == Direction::kRead ? wanted.read : wanted.write) = true;
  if (wanted != d.armed) {
    arm(fd, wanted);
  }
  entry.waiting = &waiting;
}

bool Descriptors::remove(int fd, Direction direction) {
  if (closed_) {
    return false;
  }
  core_->check_thread();
  if (fd < 0 || static_cast<size_t>(fd) >= table_.size()) {
    return false;
  }
  Entry& entry = table_[static_cast<size_t>(fd)].at(direction);
  const bool had_one = entry.wanted();
  if (Waiting* const waiting = std::exchange(entry.waiting, nullptr)) {
    waiting->removed = true;
    core_->make_ready(*waiting->task);  // [I2]
  }
  if (Watcher* const old = std::exchange(entry.callback, nullptr)) {
    old->remove();
  }
  watch_less(fd);
  return had_one;
}

bool Descriptors::leave(int fd, Direction direction, const Waiting& waiting,
                        bool watch_on) noexcept {
  if (closed_) {
    return false;
  }
  Descriptor& d = table_[static_cast<size_t>(fd)];
  Entry& entry = d.at(direction);
  const bool was_there = entry.waiting == &waiting;
  if (was_there) {
    entry.waiting = nullptr;
  }
  if (!watch_on) {
    watch_less(fd);
  }
  return was_there;
}

void Descriptors::watch_less(int fd) noexcept {
  Descriptor& d = table_[static_cast<size_t>(fd)];
  if (d.armed == d.wanted()) {
    return;
  }
  try {
    arm(fd, d.wanted());
  } catch (const std::system_error&) {
    // It was closed without a word to us: nobody watches it any more.
    watched_ -= size_t{d.armed.any()};
    d.armed = {};
  }
}

void Descriptors::forget(int fd) {
  remove(fd, Direction::kRead);
  remove(fd, Direction::kWrite);
}

void Descriptors::dispatch(const PollEvent& event) {
  Descriptor& d = table_[static_cast<size_t>(event.fd)];
  const Interest wanted = d.wanted();
  const bool nobody_cares =
      (event.ready.read && d.armed.read && !wanted.read) ||
      (event.ready.write && d.armed.write && !wanted.write);
  if (event.ready.read) {
    tell(d.at(Direction::kRead));
  }
  if (event.ready.write) {
    tell(d.at(Direction::kWrite));
  }
  if (nobody_cares) {
    arm(event.fd, wanted);  // level-triggered: it would be told for ever
  }
}

void Descriptors::tell(Entry& entry) {
  if (entry.callback != nullptr) {
    entry.callback->queue(*core_);
  }
  if (Waiting* const waiting = std::exchange(entry.waiting, nullptr)) {
    core_->make_ready(*waiting->task);
  }
}

void Descriptors::close() {
  closed_ = true;
  watched_ = 0;
  for (Descriptor& d : table_) {
    for (Entry& entry : d.entries) {
      if (entry.callback != nullptr) {
        entry.callback->remove();
      }
    }
  }
  table_.clear();
}

Descriptors::Descriptor& Descriptors::descriptor(int fd) {
  core_->check_open();
  core_->check_thread();
  core_->check_process();
  if (fd < 0) {
    throw std::invalid_argument("a descriptor is not negative: " +
                                std::to_string(fd));
  }
  if (static_cast<size_t>(fd) >= table_.size()) {
    // A number that is no descriptor must not make the table grow to it.
    os::check(os::syscalls.fcntl(fd, F_GETFD, 0), "fcntl(F_GETFD)");
    table_.resize(static_cast<size_t>(fd) + 1);
  }
  return table_[static_cast<size_t>(fd)];
}

void Descriptors::arm(int fd, Interest interest) {
  if (core_->in_forked_child()) [[unlikely]] {
    return;  // a destructor there: the system's list is the parent's as well
  }
  Descriptor& d = table_[static_cast<size_t>(fd)];
  poller_->watch(fd, interest);  // may refuse; nothing has changed then
  watched_ += size_t{interest.any()} - size_t{d.armed.any()};
  d.armed = interest;
}

}  // namespace loop
