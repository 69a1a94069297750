// loop/poller.h - one question to the system: which of these are ready?
//
// CONCEPT     A loop that waits for many descriptors cannot read any of them:
//             it would block in one and miss the others. It asks the system to
//             wait for all at once, and no longer than until the next timer.
//             How that is asked (epoll, poll) is hidden here, and so is
//             whether anybody really waits (virtual time).
// IN PYTHON   selectors.BaseSelector
// INVARIANTS  I1. Level-triggered: a descriptor is reported by every wait() for
//                 as long as it is ready.
//             I2. Errors and hang-ups report both directions as ready: the
//                 read or write that follows finds out.
//             I3. wait() never returns before its time-out with no event,
//                 except that a signal came.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows every descriptor.
// ERRORS      std::system_error naming the call: EPERM for what cannot be
//             waited for (regular files), EBADF for what is not open.
// READ NEXT   loop/epoll_poller.h
#ifndef LOOP_POLLER_H_
#define LOOP_POLLER_H_

#include <optional>
#include <span>

#include "scheduler/clock.h"

namespace loop {

enum class Direction : bool { kRead, kWrite };

struct Interest {
  bool read = false;
  bool write = false;
  bool any() const { return read || write; }
  friend bool operator==(const Interest&, const Interest&) = default;
};

struct PollEvent {
  int fd;
  Interest ready;
};

class Poller {
 public:
  virtual ~Poller() = default;

  // From now on `fd` is waited for in these directions; none: not at all.
  virtual void watch(int fd, Interest interest) = 0;

  // Waits until something is ready, at most for `timeout` (nullopt: for ever).
  // The events are valid until the next call.
  virtual std::span<const PollEvent> wait(
      std::optional<scheduler::Duration> timeout) = 0;
};

}  // namespace loop

#endif  // LOOP_POLLER_H_
