// loop/sync/barrier.h - nobody goes on before all have come.
//
// CONCEPT     A fixed number of parties meet at a point. The last to come
//             opens the gate; when the last has gone through, the gate closes
//             and the next round begins.
//
//               filling --last one comes--> draining --last one leaves--.
//                  ^                                                     |
//                  +-----------------------------------------------------'
//                  '--last one leaves-- resetting <--reset-- any of the four
//               broken <--abort-- any of the four
//
//             A reset with nobody inside leads straight to filling.
//             A barrier is a condition, a count and this table.
// IN PYTHON   asyncio.Barrier
// INVARIANTS  I1. No party passes before the last one has come.
//             I2. The indexes of one round are 0 to parties - 1, in the order
//                 of arrival.
//             I3. Who comes while a round drains waits for the next one.
//             I4. A party that is cancelled while it waits is not counted any
//                 more, and the barrier does not break. (A thread that times
//                 out breaks gil_sim's.)
// THREADS     The loop's thread.
// OWNERSHIP   Outlives its users.
// ERRORS      BrokenBarrierError for all who wait or come when it is aborted,
//             or wait when it is reset; ValueError for less than one party;
//             CancelledError.
// LEFT OUT    The action of thread barriers: asyncio's has none. A scope form:
//             there is nothing to release.
// READ NEXT   loop/sync/queue.h
#ifndef LOOP_SYNC_BARRIER_H_
#define LOOP_SYNC_BARRIER_H_

#include "loop/coroutine.h"
#include "loop/sync/condition.h"

namespace loop::sync {

class Barrier {
 public:
  explicit Barrier(int parties);

  // Waits for the others; gives this party's index.
  Coroutine<int> wait();
  // Those who wait fail; then the barrier is as new.
  Coroutine<> reset();
  // Those who wait or come fail, until it is reset.
  Coroutine<> abort();

  int parties() const { return parties_; }
  int n_waiting() const { return state_ == State::kFilling ? inside_ : 0; }
  bool broken() const { return state_ == State::kBroken; }

 private:
  enum class State { kFilling, kDraining, kResetting, kBroken };

  Coroutine<> meet(int index);
  void leave();

  const int parties_;
  Condition changed_;
  // Written with the lock of changed_ held.
  State state_ = State::kFilling;
  int inside_ = 0;
};

}  // namespace loop::sync

#endif  // LOOP_SYNC_BARRIER_H_
