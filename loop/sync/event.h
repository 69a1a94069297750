// loop/sync/event.h - wait until it has happened.
//
// CONCEPT     A flag that tasks can wait for. It stays up, so who comes later
//             does not wait at all: that is the difference to a condition,
//             whose notification is for those who are there.
// IN PYTHON   asyncio.Event
// INVARIANTS  I1. Waiting for what has happened does not suspend.
//             I2. A set() lets everybody through who was waiting, in order of
//                 arrival, even if a clear() follows at once.
// THREADS     The loop's thread.
// OWNERSHIP   Outlives its users.
// ERRORS      CancelledError.
// LEFT OUT    The true that Python's wait() returns: it could be nothing else.
// READ NEXT   loop/sync/lock.h
#ifndef LOOP_SYNC_EVENT_H_
#define LOOP_SYNC_EVENT_H_

#include "loop/sync/wait_list.h"

namespace loop::sync {

class Event {
 public:
  class [[nodiscard]] Waiting final : public Wait {
   public:
    explicit Waiting(Event& event) : Wait(event.waiters_), event_(event) {}
    bool await_ready() const { return event_.set_; }  // [I1]

   private:
    const Event& event_;
  };

  // co_await event.wait();
  Waiting wait() { return Waiting(*this); }
  void set() {
    set_ = true;
    waiters_.wake_all();  // [I2]
  }
  void clear() { set_ = false; }
  bool is_set() const { return set_; }

 private:
  WaitList waiters_{"event"};
  bool set_ = false;
};

}  // namespace loop::sync

#endif  // LOOP_SYNC_EVENT_H_
