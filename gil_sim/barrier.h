// gil_sim/barrier.h - nobody goes on before all have come.
//
// CONCEPT     A fixed number of parties meet at a point. The last to come runs
//             the action, if there is one, and opens the gate; when the last
//             has gone through, the gate closes and the next round begins.
//
//               filling --last one comes--> draining --last one leaves--.
//                 ^  |                                                   |
//                 |  '-- time-out, abort --> broken                      |
//                 |  '-- reset --> resetting --last one leaves--.        |
//                 '---------------------------------------------'--------'
//
// IN PYTHON   threading.Barrier
// INVARIANTS  I1. No party passes before the last one has come and the action
//                 has run.
//             I2. The indexes of one round are 0 to parties - 1, in the order
//                 of arrival.
//             I3. Who comes while a round drains waits for the next one.
// THREADS     Any.
// OWNERSHIP   Nobody may wait at it when it goes.
// ERRORS      BrokenBarrierError for all who wait or come when one has given
//             up, the barrier was aborted, reset, or its action has failed.
//             std::invalid_argument for less than one party.
// LEFT OUT    A barrier of no parties, which 3.11 makes and nobody can use.
// READ NEXT   gil_sim/queue.h
#ifndef GIL_SIM_BARRIER_H_
#define GIL_SIM_BARRIER_H_

#include <functional>
#include <optional>

#include "gil_sim/condition.h"
#include "gil_sim/lock.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Barrier {
 public:
  explicit Barrier(int parties, std::function<void()> action = nullptr);
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Waits for the others; gives this party's index. If `timeout` comes first,
  // the barrier breaks for all.
  int wait(std::optional<scheduler::Duration> timeout = std::nullopt);

  // Those who wait fail; then the barrier is as new.
  void reset();
  // Those who wait or come fail, until it is reset.
  void abort();

  int parties() const { return parties_; }
  int n_waiting() const;
  bool broken() const;

 private:
  enum class State { kFilling, kDraining, kResetting, kBroken };

  void enter();
  void open();
  void wait_for_the_last(std::optional<scheduler::Duration> timeout);
  void leave();
  void break_it();

  const int parties_;
  const std::function<void()> action_;
  mutable Lock lock_;
  Condition changed_{lock_};
  State state_ = State::kFilling;  // guarded by lock_
  int count_ = 0;                  // guarded by lock_: who is inside
};

}  // namespace gil_sim

#endif  // GIL_SIM_BARRIER_H_
