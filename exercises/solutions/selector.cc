#include "exercises/selector.h"

#include <fcntl.h>
#include <sys/select.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "os/syscall.h"
#include "scheduler/clock.h"

namespace exercises {

namespace {

bool is_open(int fd) {
  return os::syscalls.fcntl(fd, F_GETFD, 0) >= 0;
}

// The watched ones are kept as the call wants them; it gets copies.
class Selector final : public loop::Poller {
 public:
  Selector() {
    FD_ZERO(&read_);
    FD_ZERO(&write_);
  }

  void watch(int fd, loop::Interest interest) override {
    if (interest.any()) {
      // FD_SET would write beside its set.
      if (fd >= FD_SETSIZE) {
        throw std::invalid_argument("select has bits for descriptors to 1023");
      }
      os::check(os::syscalls.fcntl(fd, F_GETFD, 0), "fcntl(F_GETFD)");
    } else if (fd >= FD_SETSIZE) {
      return;
    }
    put(read_, fd, interest.read);
    put(write_, fd, interest.write);
    end_ = std::max(end_, fd + 1);
  }

  std::span<const loop::PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override {
    for (;;) {
      fd_set can_read = read_;
      fd_set can_write = write_;
      const int patience = loop::to_poll_timeout(timeout);
      timeval time = {patience / 1000, patience % 1000 * 1000};
      const int count = select(end_, &can_read, &can_write, nullptr,
                               timeout ? &time : nullptr);
      if (count >= 0) {
        return report(can_read, can_write);
      }
      if (errno == EINTR) {
        return {};
      }
      if (errno != EBADF) {
        os::throw_errno("select");
      }
      forget_closed();
    }
  }

 private:
  static void put(fd_set& set, int fd, bool in) {
    if (in) {
      FD_SET(fd, &set);
    } else {
      FD_CLR(fd, &set);
    }
  }

  // Somebody closed one without a word. (poller.h I4)
  void forget_closed() {
    for (int fd = 0; fd < end_; ++fd) {
      if (!is_open(fd)) {
        put(read_, fd, false);
        put(write_, fd, false);
      }
    }
  }

  std::span<const loop::PollEvent> report(const fd_set& can_read,
                                          const fd_set& can_write) {
    events_.clear();
    for (int fd = 0; fd < end_; ++fd) {
      const loop::Interest ready = {.read = FD_ISSET(fd, &can_read) != 0,
                                    .write = FD_ISSET(fd, &can_write) != 0};
      if (ready.any()) {
        events_.push_back({.fd = fd, .ready = ready});
      }
    }
    return events_;
  }

  fd_set read_;
  fd_set write_;
  int end_ = 0;  // one more than the highest that was ever watched
  std::vector<loop::PollEvent> events_;
};

}  // namespace

std::unique_ptr<loop::Poller> make_selector() {
  return std::make_unique<Selector>();
}

}  // namespace exercises
