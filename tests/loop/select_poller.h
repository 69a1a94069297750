// tests/loop/select_poller.h - a poller as a learner would write one.
//
// CONCEPT     The oldest way of all, select: three sets of bits go in, and come
//             back with only the bits of those that are ready. It is here to
//             show that the interface is enough: the loop's whole suite runs
//             over it.
// IN PYTHON   selectors.SelectSelector
// THREADS     The loop's thread.
// OWNERSHIP   Borrows every descriptor.
// ERRORS      As loop/poller.h; std::invalid_argument for a descriptor of 1024
//             and more, for which the sets have no bit.
#ifndef TESTS_LOOP_SELECT_POLLER_H_
#define TESTS_LOOP_SELECT_POLLER_H_

#include <fcntl.h>
#include <sys/select.h>

#include <cerrno>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "loop/poller.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace tests {

class SelectPoller final : public loop::Poller {
 public:
  void watch(int fd, loop::Interest interest) override {
    if (!interest.any()) {
      watched_.erase(fd);
      return;
    }
    if (fd >= FD_SETSIZE) {
      throw std::invalid_argument("select knows descriptors below 1024");
    }
    os::check(os::syscalls.fcntl(fd, F_GETFD, 0), "fcntl(F_GETFD)");
    watched_[fd] = interest;
  }

  std::span<const loop::PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override {
    forget_closed_ones();
    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    for (const auto& [fd, interest] : watched_) {
      if (interest.read) {
        FD_SET(fd, &readable);
      }
      if (interest.write) {
        FD_SET(fd, &writable);
      }
    }
    const int patience = loop::to_poll_timeout(timeout);
    timeval time = {patience / 1000, patience % 1000 * 1000};
    const int last = watched_.empty() ? 0 : watched_.rbegin()->first;
    events_.clear();
    if (select(last + 1, &readable, &writable, nullptr,
               timeout ? &time : nullptr) < 0) {
      if (errno == EINTR) {
        return {};
      }
      os::throw_errno("select");
    }
    for (const auto& [fd, interest] : watched_) {
      const loop::Interest ready = {FD_ISSET(fd, &readable) != 0,
                                    FD_ISSET(fd, &writable) != 0};
      if (ready.any()) {
        events_.push_back({fd, ready});
      }
    }
    return events_;
  }

 private:
  // select would refuse the whole set for one of them.
  void forget_closed_ones() {
    std::erase_if(watched_, [](const auto& one) {
      return os::syscalls.fcntl(one.first, F_GETFD, 0) == -1;
    });
  }

  std::map<int, loop::Interest> watched_;
  std::vector<loop::PollEvent> events_;
};

}  // namespace tests

#endif  // TESTS_LOOP_SELECT_POLLER_H_
