// loop/sync/wait_list.h - those who wait, in the order in which they came.
//
// CONCEPT     Locks, events and queues keep the tasks that wait for them in a
//             list. The place in it is part of the awaiter and so lies in the
//             frame of the coroutine that waits: waiting allocates nothing. To
//             wake somebody is to put its task into the ready queue. It keeps
//             its place until its turn comes, because until then it has been
//             promised something that it does not have yet.
//
//               list -> [woken A] <-> [cancelled B] <-> [waiting C]
//                                                        ^ the next to wake
//
// IN PYTHON   the deque of futures, _waiters, in asyncio.locks
// INVARIANTS  I1. Each is woken once at most, in the order of arrival.
//             I2. Who is woken or cancelled runs one turn later, as with a
//                 future in between.
//             I3. However a wait ends, no trace of it is left in the list.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows those who wait. When a list goes, who still waits there
//             can only be cancelled, or be ended by the loop that closes; and
//             nobody may be on its way.
// ERRORS      CancelledError; RuntimeError where others of another loop wait.
// READ NEXT   loop/sync/event.h
#ifndef LOOP_SYNC_WAIT_LIST_H_
#define LOOP_SYNC_WAIT_LIST_H_

#include <cassert>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "loop/task_base.h"
#include "loop/waiting.h"
#include "scheduler/trace.h"

namespace loop::sync {

class WaitList;

// co_await Wait(list): suspends until woken.
class [[nodiscard]] Wait : public Waitable {
 public:
  explicit Wait(WaitList& list) : list_(&list) {}
  // The copy waits at the same place, once it is awaited itself.
  Wait(const Wait& other) : list_(other.list_) {}
  Wait& operator=(const Wait&) = delete;
  virtual ~Wait() { leave(); }

  bool await_ready() const { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    suspend(*waiting.promise().task);
  }
  // Throws CancelledError if the task was cancelled, woken or not.
  void await_resume() {
    if (suspended()) {
      leave();
      std::exchange(task_, nullptr)->check_cancelled();
      assert(list_ != nullptr && "what a task waits for outlives the wait");
    }
  }

  // For handlers of CancelledError: it was given something that it cannot use
  // and must pass on.
  bool woken() const { return state_ == State::kWoken && list_ != nullptr; }

  // Waitable.
  bool cancel() override;
  void abandon() override { leave(); }
  scheduler::Reason reason() const override { return scheduler::Reason::kLock; }
  const char* kind() const override;

 protected:
  bool suspended() const { return task_ != nullptr; }
  bool list_is_gone() const { return list_ == nullptr; }

 private:
  friend class WaitList;
  enum class State : uint8_t { kWaiting, kWoken, kCancelled };

  void suspend(TaskBase& task);
  void leave();  // [I3]

  WaitList* list_;            // null when it has gone
  TaskBase* task_ = nullptr;  // while it is suspended
  Wait* before_ = nullptr;
  Wait* after_ = nullptr;
  State state_ = State::kWaiting;
  bool listed_ = false;
};

class WaitList {
 public:
  // `kind` is what task.stack() shows: "lock".
  explicit WaitList(const char* kind) : kind_(kind) {}
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  ~WaitList();

  // True if there is nobody, or nobody who still wants something.
  bool all_cancelled() const;
  // Wakes the next one. False if nobody waits.
  bool wake_next();
  void wake_all() {
    while (wake_next()) {
    }
  }
  // Wakes the one in front, unless it is on its way to a turn already.
  void wake_first();

 private:
  friend class Wait;
  void push(Wait& wait);
  void remove(Wait& wait);
  static void wake(Wait& wait);

  const char* const kind_;
  Wait* first_ = nullptr;
  Wait* last_ = nullptr;
  Wait* next_ = nullptr;  // nobody before it waits; so waking n takes n steps
};

}  // namespace loop::sync

#endif  // LOOP_SYNC_WAIT_LIST_H_
