// loop/poll_poller.h - the poller for every POSIX system.
//
// CONCEPT     The older question: the whole list of descriptors goes to the
//             kernel and comes back at every wait, with a mark at those that
//             are ready. Nothing is kept in the kernel between two waits, so
//             nothing can go stale there; but with ten thousand quiet
//             connections each wait reads ten thousand entries, twice.
//
//                          a wait costs          watch() costs
//               poll       O(n) of all watched   nothing
//               epoll      what is ready         a system call
//
// IN PYTHON   selectors.PollSelector
// INVARIANTS  I1. list_[place_[fd] - 1].fd == fd for each watched descriptor.
// THREADS     The loop's thread.
// OWNERSHIP   Owns its list, borrows the descriptors.
// ERRORS      As loop/poller.h; but a regular file is not refused: poll says
//             that it is always ready, and then the read blocks.
// READ NEXT   loop/virtual_poller.h
#ifndef LOOP_POLL_POLLER_H_
#define LOOP_POLL_POLLER_H_

#include <poll.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "loop/poller.h"
#include "scheduler/clock.h"

namespace loop {

class PollPoller final : public Poller {
 public:
  void watch(int fd, Interest interest) override;
  std::span<const PollEvent> wait(
      std::optional<scheduler::Duration> timeout) override;

 private:
  void forget(int fd);

  std::vector<pollfd> list_;   // what the kernel is shown
  std::vector<size_t> place_;  // by descriptor: 1 + its place in list_, or 0
  std::vector<PollEvent> events_;
};

}  // namespace loop

#endif  // LOOP_POLL_POLLER_H_
