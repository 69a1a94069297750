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
//                 except that a signal came. So a time-out is rounded up to
//                 what the call can say: rounded down, the loop would spin
//                 through the last millisecond.
//             I4. A descriptor that was closed without a word is no longer
//                 watched; the next file with its number can be.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows every descriptor.
// ERRORS      std::system_error naming the call: EPERM for what cannot be
//             waited for (regular files), EBADF for what is not open.
// READ NEXT   loop/epoll_poller.h
#ifndef LOOP_POLLER_H_
#define LOOP_POLLER_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
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
  // A time-out of zero or less only asks. The events are valid until the next
  // call.
  virtual std::span<const PollEvent> wait(
      std::optional<scheduler::Duration> timeout) = 0;
};

// `duration` in whole milliseconds, rounded up, within what epoll_wait and
// poll take. [I3]
inline int to_poll_timeout(std::optional<scheduler::Duration> duration) {
  if (!duration) {
    return -1;
  }
  if (*duration <= scheduler::Duration::zero()) {
    return 0;
  }
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(*duration);
  return static_cast<int>(
      std::min<int64_t>(whole.count(), std::numeric_limits<int>::max()));
}

}  // namespace loop

#endif  // LOOP_POLLER_H_
