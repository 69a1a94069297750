// loop/epoll_poller.h - the poller for Linux.
//
// CONCEPT     The kernel keeps the list of watched descriptors; a wait costs
//             as much as there are events, not as much as there are watched
//             descriptors: O(1) for each event. That is why one thread can
//             serve ten thousand connections. poll() hands the whole list over
//             at every call.
// IN PYTHON   selectors.EpollSelector
// INVARIANTS  I1. A number that was closed and opened again unnoticed can be
//                 watched anew: epoll forgets at close, we notice at the next
//                 watch().
// THREADS     The loop's thread.
// OWNERSHIP   Owns the epoll descriptor. A forked child shares the list behind
//             it with its parent, so it must not touch the loop.
// ERRORS      As loop/poller.h.
// LEFT OUT    Edge-triggered events: forgetting to read until EAGAIN once means
//             waiting for ever.
// READ NEXT   loop/poll_poller.h
#ifndef LOOP_EPOLL_POLLER_H_
#define LOOP_EPOLL_POLLER_H_

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "loop/poller.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace loop {

class EpollPoller final : public Poller {
 public:
  EpollPoller();
  void watch(int fd, Interest interest) override;
  std::span<const PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override;

 private:
  static constexpr size_t kBatch = 256;

  const os::UniqueFd epoll_;
  std::vector<bool> known_;  // by descriptor: is it in the kernel's list
  std::array<epoll_event, kBatch> raw_;
  std::array<PollEvent, kBatch> events_;
};

}  // namespace loop

#endif  // LOOP_EPOLL_POLLER_H_
