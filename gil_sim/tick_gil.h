// gil_sim/tick_gil.h - the older lock: every hundred instructions, let go and
// grab again.
//
// CONCEPT     A counter that all threads share goes down by one at each check
//             point. When it falls below zero the holder frees the lock and at
//             once competes for it again. Nobody asks and nobody stands aside:
//
//               holder  ####|####|####|####   wins again: it is awake
//               waiter  gggg!gggg!gggg!ggg    woken, too late, sleeps again
//
//             A tick is an instruction and not a time: a hundred may take a
//             microsecond or a minute.
// IN PYTHON   _Py_Ticker and sys.setcheckinterval, until 3.1
// INVARIANTS  I1. At most one thread holds the lock: takes = drops, plus one
//                 while it is held.
//             I2. The counter belongs to the program: a new holder goes on
//                 where the old one stopped.
//             I3. While a signal or a call waits for the main thread, every
//                 check point frees the lock.
// THREADS     Any, as for every InterpreterLock; figures from any thread.
// OWNERSHIP   As for Gil.
// LEFT OUT    Instructions on the fast path and the entry of a try block,
//             where the old interpreter did not look. Fork and shutdown.
// READ NEXT   gil_sim/gil_model.h, then gil_sim/bytecode.h
#ifndef GIL_SIM_TICK_GIL_H_
#define GIL_SIM_TICK_GIL_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "gil_sim/interpreter_lock.h"
#include "gil_sim/lock_times.h"
#include "os/mutex.h"

namespace gil_sim {

class TickGil final : public InterpreterLock {
 public:
  struct Statistics {
    int64_t takes = 0;
    int64_t drops = 0;
    int64_t releases = 0;    // drops because the counter ran out
    int64_t hand_overs = 0;  // takes by another than the last holder
  };

  TickGil();

  // In check points; 100 unless set. Zero or less: at every one.
  int64_t check_interval() const;
  void set_check_interval(int64_t ticks);

  Statistics statistics() const;

  // From now on, before the first take, also by thread and with times.
  void keep_times();
  std::vector<LockTimes::Thread> times() const;  // empty if they are not kept

  // How many threads sleep for the lock at this moment.
  int waiting() const;

 private:
  void acquire() override;
  void release(Release release) override;
  void on_eval_breaker() override;
  void wait_until_free() REQUIRES(mutex_);

  // Relaxed: a number on its own; the holder may go by the old one once more.
  std::atomic<int64_t> interval_{100};

  // The holder's. It starts at 0, so the very first check point releases. [I2]
  int64_t ticker_ = 0;

  mutable os::Mutex mutex_;
  os::CondVar freed_;
  bool locked_ GUARDED_BY(mutex_) = false;
  int waiting_ GUARDED_BY(mutex_) = 0;
  uint64_t last_holder_ GUARDED_BY(mutex_) = 0;
  Statistics counts_ GUARDED_BY(mutex_);
  std::optional<LockTimes> times_ GUARDED_BY(mutex_);  // if they are kept
};

}  // namespace gil_sim

#endif  // GIL_SIM_TICK_GIL_H_
