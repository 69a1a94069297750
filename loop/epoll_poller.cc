#include "loop/epoll_poller.h"

#include <cerrno>

namespace loop {

EpollPoller::EpollPoller()
    : epoll_(os::check(os::syscalls.epoll_create1(EPOLL_CLOEXEC),
                       "epoll_create1")) {}

void EpollPoller::watch(int fd, Interest interest) {
  const size_t index = static_cast<size_t>(fd);
  if (index >= known_.size()) {
    known_.resize(index + 1, false);
  }
  if (!interest.any()) {
    if (known_[index]) {
      known_[index] = false;
      // Refused if the descriptor was closed first; then it has left the list
      // by itself, which is what was asked for.
      os::syscalls.epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    }
    return;
  }
  epoll_event event = {};
  event.events = (interest.read ? uint32_t{EPOLLIN | EPOLLRDHUP} : 0) |
                 (interest.write ? uint32_t{EPOLLOUT} : 0);
  event.data.fd = fd;
  if (known_[index]) {
    if (os::syscalls.epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0) {
      return;
    }
    if (errno != ENOENT) {
      os::throw_errno("epoll_ctl(MOD)");
    }
    known_[index] = false;  // another file by the same number [I1]
  }
  os::check(os::syscalls.epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event),
            "epoll_ctl(ADD)");
  known_[index] = true;
}

std::span<const PollEvent> EpollPoller::wait(
    std::optional<scheduler::Duration> timeout) {
  const int count = os::syscalls.epoll_wait(
      epoll_.get(), raw_.data(), int{kBatch}, to_poll_timeout(timeout));
  if (count < 0) {
    if (errno == EINTR) {
      return {};  // the loop looks at its clock and asks again
    }
    os::throw_errno("epoll_wait");
  }
  const size_t size = static_cast<size_t>(count);
  for (size_t i = 0; i < size; ++i) {
    const uint32_t what = raw_[i].events;
    const bool broken = (what & (EPOLLERR | EPOLLHUP)) != 0;
    events_[i] = {
        .fd = raw_[i].data.fd,
        .ready = {.read = broken || (what & (EPOLLIN | EPOLLRDHUP)) != 0,
                  .write = broken || (what & EPOLLOUT) != 0}};
  }
  return {events_.data(), size};
}

}  // namespace loop
