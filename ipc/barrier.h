// ipc/barrier.h - no process goes on before all have come.
//
// CONCEPT     As between threads: a fixed number of parties meet, the last to
//             come opens the gate for all, and the next round begins. A round
//             is a number here and not a state that ends when the last one has
//             left: a party that is killed on its way out would never leave.
//
//               round 4: come 1, 2, .. n  ->  passed, round 5 begins
//                        time-out, abort  ->  broken until reset()
//                        reset            ->  failed, round 5 begins
//
//             One that is killed while it *waits* has come, and counts; one
//             that is killed before it comes is missed for ever: give wait() a
//             time-out, or call abort() when its sentinel says so.
// IN PYTHON   multiprocessing.Barrier
// INVARIANTS  I1. No party passes before the last one has come and the action
//                 has run.
//             I2. The indexes of one round are 0 to parties - 1, in the order
//                 of arrival.
//             I3. If a party dies while it counts itself or runs the action,
//                 the next to come, or to ask, finds the barrier broken, and
//                 those who wait fail.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Lies in shared memory: ipc::Shared<ipc::Barrier>.
// ERRORS      std::invalid_argument for no parties. BrokenBarrierError for all
//             who wait or come when one has given up, the barrier was aborted,
//             reset, or its action has failed.
// LEFT OUT    An action with captures: only a plain function means the same in
//             each process.
// READ NEXT   ipc/spsc_ring.h
#ifndef IPC_BARRIER_H_
#define IPC_BARRIER_H_

#include <cstdint>
#include <optional>

#include "ipc/condition.h"
#include "ipc/mutex.h"
#include "scheduler/clock.h"

namespace ipc {

class Barrier {
 public:
  using Action = void (*)();

  explicit Barrier(int parties, Action action = nullptr);
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
  int n_waiting();
  bool broken();

 private:
  class Inside;  // holds the mutex
  void end_round(bool passed);
  bool has_passed(uint64_t round) const;

  const int parties_;
  const Action action_;
  Mutex mutex_;
  Condition changed_;
  // All guarded by mutex_.
  int count_ = 0;
  bool broken_ = false;
  uint64_t round_ = 0;
  // How the last 64 rounds ended, a bit for each: who was slow to wake asks.
  uint64_t passed_ = 0;
};

}  // namespace ipc

#endif  // IPC_BARRIER_H_
