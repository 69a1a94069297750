// gil_sim/event.h - wait until it has happened.
//
// CONCEPT     A flag that threads can wait for. It stays up, so who comes
//             later does not wait at all: that is the difference to a
//             condition, whose notification is for those who are there. It is
//             also the way to stop a thread: ask it by an event that it looks
//             at now and then, and waits on instead of sleeping.
// IN PYTHON   threading.Event
// INVARIANTS  I1. A set() lets everybody through who was waiting, even if a
//                 clear() follows at once.
// THREADS     Any.
// OWNERSHIP   Nobody may wait for it when it goes.
// READ NEXT   gil_sim/barrier.h
#ifndef GIL_SIM_EVENT_H_
#define GIL_SIM_EVENT_H_

#include <mutex>
#include <optional>

#include "gil_sim/condition.h"
#include "gil_sim/lock.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const {
    const std::lock_guard held(lock_);
    return set_;
  }
  void set() {
    const std::lock_guard held(lock_);
    set_ = true;
    changed_.notify_all();
  }
  void clear() {
    const std::lock_guard held(lock_);
    set_ = false;
  }

  // True when set; false if `timeout` came first.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt) {
    const std::lock_guard held(lock_);
    // By the notification and not by the flag, which may be down again. [I1]
    return set_ || changed_.wait(timeout);
  }

 private:
  mutable Lock lock_;
  Condition changed_{lock_};
  bool set_ = false;  // guarded by lock_
};

}  // namespace gil_sim

#endif  // GIL_SIM_EVENT_H_
