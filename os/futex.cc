#include "os/futex.h"

#include <linux/futex.h>

#include <algorithm>
#include <cerrno>

#include "os/syscall.h"

namespace os {

namespace {

// The kernel refuses times before the machine started.
timespec to_timespec(std::chrono::steady_clock::time_point deadline) {
  using std::chrono::nanoseconds;
  const auto since_boot =
      std::max(deadline.time_since_epoch(), nanoseconds::zero());
  const auto whole = std::chrono::floor<std::chrono::seconds>(since_boot);
  return {.tv_sec = whole.count(), .tv_nsec = (since_boot - whole).count()};
}

uint32_t* address_of(FutexWord& word) {
  return reinterpret_cast<uint32_t*>(&word);
}

}  // namespace

bool futex_wait(FutexWord& word, uint32_t expected,
                std::optional<std::chrono::steady_clock::time_point> deadline) {
  const timespec when = deadline ? to_timespec(*deadline) : timespec{};
  // WAIT_BITSET, because its time is absolute on the monotonic clock: after a
  // signal the same call waits for the rest. No PRIVATE flag: the sleepers may
  // be in other processes.
  const long result = retry_on_eintr([&] {
    return syscalls.futex(address_of(word), FUTEX_WAIT_BITSET, expected,
                          deadline ? &when : nullptr, FUTEX_BITSET_MATCH_ANY);
  });
  if (result == -1) {
    if (errno == ETIMEDOUT) {
      return false;
    }
    if (errno != EAGAIN) {  // EAGAIN: the word is another already [I1]
      throw_errno("futex(WAIT)");
    }
  }
  return true;
}

int futex_wake(FutexWord& word, int count) {
  const long woken = syscalls.futex(address_of(word), FUTEX_WAKE,
                                    static_cast<uint32_t>(count), nullptr, 0);
  if (woken == -1 && errno == EFAULT) {
    return 0;  // gone already, and nobody sleeps on memory that is not there
  }
  return static_cast<int>(check(woken, "futex(WAKE)"));
}

}  // namespace os
