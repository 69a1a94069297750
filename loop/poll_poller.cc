#include "loop/poll_poller.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "os/syscall.h"

namespace loop {

void PollPoller::watch(int fd, Interest interest) {
  const size_t index = static_cast<size_t>(fd);
  if (!interest.any()) {
    forget(fd);
    return;
  }
  // poll itself would not complain before the next wait.
  os::check(os::syscalls.fcntl(fd, F_GETFD, 0), "fcntl(F_GETFD)");
  if (index >= place_.size()) {
    place_.resize(index + 1, 0);
  }
  if (place_[index] == 0) {
    list_.push_back({.fd = fd, .events = 0, .revents = 0});
    place_[index] = list_.size();
  }
  list_[place_[index] - 1].events =
      static_cast<short>((interest.read ? POLLIN | POLLRDHUP : 0) |
                         (interest.write ? POLLOUT : 0));
}

void PollPoller::forget(int fd) {
  const size_t index = static_cast<size_t>(fd);
  if (index >= place_.size() || place_[index] == 0) {
    return;
  }
  // The last one takes its place. [I1]
  const size_t place = std::exchange(place_[index], 0);
  if (place != list_.size()) {
    list_[place - 1] = list_.back();
    place_[static_cast<size_t>(list_.back().fd)] = place;
  }
  list_.pop_back();
}

std::span<const PollEvent> PollPoller::wait(
    std::optional<scheduler::Duration> timeout) {
  events_.clear();
  const int count =
      os::syscalls.poll(list_.data(), list_.size(), to_poll_timeout(timeout));
  if (count < 0) {
    if (errno == EINTR) {
      return {};  // the loop looks at its clock and asks again
    }
    os::throw_errno("poll");
  }
  bool gone = false;
  for (const pollfd& one : list_) {
    if (one.revents == 0) {
      continue;
    }
    if ((one.revents & POLLNVAL) != 0) {
      gone = true;
      continue;
    }
    const bool broken = (one.revents & (POLLERR | POLLHUP)) != 0;
    events_.push_back(
        {.fd = one.fd,
         .ready = {.read = broken || (one.revents & (POLLIN | POLLRDHUP)) != 0,
                   .write = broken || (one.revents & POLLOUT) != 0}});
  }
  // Closed without a word to us: epoll would have forgotten it by itself.
  for (size_t i = list_.size(); gone && i-- > 0;) {
    if ((list_[i].revents & POLLNVAL) != 0) {
      forget(list_[i].fd);
    }
  }
  return events_;
}

}  // namespace loop
