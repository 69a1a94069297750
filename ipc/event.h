// ipc/event.h - wait until it has happened, in another process.
//
// CONCEPT     A flag that processes wait for. One word holds the flag and how
//             often it has been raised, so that a waiter sees that it was up,
//             even if it is down again before the waiter runs:
//
//               word   [ times raised | flag ]     6|0 -set-> 7|1 -clear-> 7|0
//
// IN PYTHON   multiprocessing.Event
// INVARIANTS  I1. A set() lets everybody through who was waiting, even if a
//                 clear() follows at once.
//             I2. A set() that was killed half way, the flag up and nobody
//                 woken, is made good by the next one.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory: ipc::Shared<ipc::Event>.
// READ NEXT   ipc/condition.h
#ifndef IPC_EVENT_H_
#define IPC_EVENT_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "os/futex.h"
#include "scheduler/clock.h"

namespace ipc {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const { return (word_.load() & kFlag) != 0; }

  void set() {
    uint32_t word = word_.load();
    while ((word & kFlag) == 0 &&
           !word_.compare_exchange_weak(word, (word | kFlag) + kOnce)) {
    }
    // Looked at after the change, as a waiter announces itself before it
    // looks: one of the two sees the other. Even if the flag was up already:
    // the one who raised it may have been killed before it could wake. [I2]
    if (waiters_.load() > 0) {
      os::futex_wake(word_);
    }
  }
  void clear() { word_.fetch_and(~kFlag); }

  // True when set; false if `timeout` came first.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt) {
    const uint32_t before = word_.load();
    if ((before & kFlag) != 0) {
      return true;
    }
    const auto deadline = scheduler::deadline_after(timeout);
    ++waiters_;
    bool in_time = true;
    // While it is down it differs from `before` only if it was up. [I1]
    while (in_time && word_.load() == before) {
      in_time = os::futex_wait(word_, before, deadline);
    }
    --waiters_;
    return word_.load() != before;
  }

 private:
  static constexpr uint32_t kFlag = 1;
  static constexpr uint32_t kOnce = 2;

  os::FutexWord word_ = 0;
  // One that was killed is counted for ever, which costs a call at each set().
  std::atomic<uint32_t> waiters_ = 0;
};

}  // namespace ipc

#endif  // IPC_EVENT_H_
