#include "ipc/pool_events.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cstddef>
#include <span>

#include "os/io.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// Workers are numbered from 1.
constexpr PoolEvents::WorkerId kNobody = 0;

}  // namespace

PoolEvents::PoolEvents()
    : epoll_(os::check(os::syscalls.epoll_create1(EPOLL_CLOEXEC),
                       "epoll_create1")),
      wakeup_(os::check(os::syscalls.eventfd(0, EFD_CLOEXEC), "eventfd")) {
  watch(wakeup_.get(), EPOLLIN, kNobody, What::kReplied);
}

void PoolEvents::watch_replies(WorkerId worker, int reply_fd) {
  watch(reply_fd, EPOLLIN, worker, What::kReplied);
}

void PoolEvents::watch_room(WorkerId worker, int task_fd) {
  // Edge-triggered: one event when a full pipe has room again, and none while
  // there is room and nothing to write.
  watch(task_fd, EPOLLOUT | EPOLLET, worker, What::kHasRoom);
}

void PoolEvents::watch_end(WorkerId worker, int sentinel) {
  watch(sentinel, EPOLLIN, worker, What::kEnded);
}

void PoolEvents::watch(int fd, uint32_t events, WorkerId worker, What what) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = uint64_t{worker} << 32 | static_cast<uint32_t>(what);
  os::check(os::syscalls.epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event),
            "epoll_ctl(ADD)");
}

void PoolEvents::unwatch(int fd) {
  // Refused only if it has been done already.
  os::syscalls.epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void PoolEvents::wake() {
  constexpr uint64_t kOne = 1;
  os::write_all(wakeup_.get(), std::as_bytes(std::span(&kOne, 1)));
}

std::vector<PoolEvents::Event> PoolEvents::wait(bool sleep) {
  std::array<epoll_event, 64> happened;
  const int count = os::retry_on_eintr([&] {
    return os::syscalls.epoll_wait(epoll_.get(), happened.data(),
                                   static_cast<int>(happened.size()),
                                   sleep ? -1 : 0);
  });
  os::check(count, "epoll_wait");
  std::vector<Event> events;
  for (const epoll_event& event :
       std::span(happened).first(static_cast<size_t>(count))) {
    const auto worker = static_cast<WorkerId>(event.data.u64 >> 32);
    if (worker != kNobody) {
      events.push_back(
          {worker, static_cast<What>(static_cast<uint32_t>(event.data.u64))});
    }
  }
  return events;
}

}  // namespace ipc
