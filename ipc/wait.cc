#include "ipc/wait.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>

#include "os/syscall.h"

namespace ipc {

namespace {

// The longest that poll() can be told to wait: 25 days.
constexpr int kLongest = std::numeric_limits<int>::max();

// Milliseconds until `deadline` for poll(), rounded up: rounded down, the last
// millisecond would be spent spinning.
int poll_timeout(std::optional<scheduler::TimePoint> deadline) {
  if (!deadline) {
    return -1;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      *deadline - scheduler::SteadyClock::instance().now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, kLongest));
}

}  // namespace

std::vector<size_t> wait(std::span<const Waitable> things,
                         std::optional<scheduler::Duration> timeout) {
  std::vector<pollfd> polled;
  polled.reserve(things.size());
  for (const Waitable& thing : things) {
    if (thing.fd < 0) {
      os::throw_error(EBADF, "poll");  // which would overlook it, for ever
    }
    polled.push_back({.fd = thing.fd, .events = thing.events, .revents = 0});
    if (thing.ready) {
      timeout = scheduler::Duration::zero();  // look at the others, no more
    }
  }
  const auto deadline = scheduler::deadline_after(timeout);
  // Repeated with what is left of the time; a deadline is not moved by it. [I2]
  for (;;) {
    const int milliseconds = poll_timeout(deadline);
    const int count =
        os::syscalls.poll(polled.data(), polled.size(), milliseconds);
    if (count > 0 || (count == 0 && milliseconds != kLongest)) {
      break;
    }
    if (count == -1 && errno != EINTR) {
      os::throw_errno("poll");
    }
  }
  std::vector<size_t> ready;
  for (size_t i = 0; i < things.size(); ++i) {
    if ((polled[i].revents & POLLNVAL) != 0) {
      os::throw_error(EBADF, "poll");
    }
    if (things[i].ready || polled[i].revents != 0) {
      ready.push_back(i);
    }
  }
  return ready;
}

}  // namespace ipc
