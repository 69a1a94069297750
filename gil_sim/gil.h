// gil_sim/gil.h - one thread at a time runs bytecode, and others must ask.
//
// CONCEPT     The holder never looks at a clock. It is the *waiter* who sleeps
//             for one interval and then, if nothing has moved, asks: it raises
//             a bit that the holder sees at its next check point. The holder
//             drops the lock and stands aside until somebody else has taken
//             it; otherwise, awake as it is, it would win it back before the
//             sleeper had opened its eyes.
//
//               holder  ####################|       wait for the switch ...
//               waiter  gggg(5 ms)gggg ask! #################
//
//             So the interval is no frequency of checks and no length of a
//             slice. It is how long a waiter keeps quiet before it asks, and a
//             holder busy in one long instruction lets it wait longer.
// IN PYTHON   take_gil and drop_gil (ceval_gil.h, 3.2 and later), where who
//             stands aside sleeps once, and a waking for no reason lets it win
//             after all; sys.setswitchinterval; the begin of Py_FinalizeEx
// INVARIANTS  I1. At most one thread holds the lock: takes = drops, plus one
//                 while it is held.
//             I2. No request before a full interval without a switch.
//             I3. Nobody who gave way to a request is the next to hold the
//                 lock. To drop it for good is not to give way but to leave.
//             I4. A drop without a request waits for nobody, so no more drops
//                 wait than there were requests.
//             I5. Once the shutdown has begun, no thread but the one that began
//                 it runs bytecode again.
// THREADS     Any, as for every InterpreterLock; figures from any thread.
// OWNERSHIP   Owned by whoever owns the simulated interpreter; outlives its
//             threads. In a forked child it may be left locked by a thread that
//             is not there: call after_fork_in_child().
// ERRORS      std::invalid_argument (ValueError) for an interval of zero or
//             less.
// LEFT OUT    Fairness among waiters: which one wakes is the system's choice.
//             Signals for several interpreters: each has a lock of its own,
//             but a signal is for the lock that asked for it last.
// READ NEXT   gil_sim/allow_threads.h
#ifndef GIL_SIM_GIL_H_
#define GIL_SIM_GIL_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "gil_sim/interpreter_lock.h"
#include "gil_sim/lock_times.h"
#include "os/mutex.h"
#include "scheduler/clock.h"

namespace gil_sim {

class Gil final : public InterpreterLock {
 public:
  // What happened to the lock since it was made.
  struct Statistics {
    int64_t takes = 0;
    int64_t drops = 0;
    int64_t switches = 0;  // takes by another than the last holder
    int64_t waits = 0;     // sleeps of a taker, an interval or less each
    int64_t requests = 0;  // "please drop", from first asking to a take
    int64_t drops_on_request = 0;  // at a check point, since it was asked for
    int64_t forced_switches = 0;   // drops that found nobody there yet
    scheduler::Duration waited{};  // by all takers together
  };

  // In seconds, as Python has it; 0.005 unless set. Stored in microseconds: a
  // smaller positive one reads back as 0 and acts as 1 microsecond.
  double switch_interval() const;
  void set_switch_interval(double seconds);

  Statistics statistics() const;

  // From now on, before the first take, also by thread and with times.
  void keep_times();
  std::vector<LockTimes::Thread> times() const;  // empty if they are not kept

  // How many threads sleep for the lock at this moment.
  int waiting() const;

  // The holder ends the program. Who comes for the lock from now on, or already
  // waits, never gets it and hangs where it stands, and so does who joins it.
  // [I5] That is for daemons: as Py_FinalizeEx does, first call
  // join_all_but_daemons() (gil_sim/thread.h), while the others can have it.
  void begin_shutdown();

  // The child's only thread, holder at the fork, holds a fresh lock.
  void after_fork_in_child();

 private:
  void acquire() override;
  void release(Release release) override;
  void on_eval_breaker() override;
  void wait_for_a_chance() REQUIRES(mutex_);
  bool must_hang() const;
  [[noreturn]] void hang() REQUIRES(mutex_);
  void check_invariants() const REQUIRES(mutex_);

  // Relaxed: a number on its own; a waiter may go by the old one once more.
  std::atomic<int64_t> interval_us_{5000};

  mutable os::Mutex mutex_;
  os::CondVar freed_;  // "the lock became free"
  bool locked_ GUARDED_BY(mutex_) = false;
  int waiting_ GUARDED_BY(mutex_) = 0;
  Statistics counts_ GUARDED_BY(mutex_);  // but for forced_switches
  std::optional<LockTimes> times_ GUARDED_BY(mutex_);  // if they are kept

  // For forced switching only. Taken after mutex_ where both are.
  mutable os::Mutex switch_mutex_;
  os::CondVar switched_;  // "somebody took it"
  int standing_aside_ GUARDED_BY(switch_mutex_) = 0;
  int64_t forced_switches_ GUARDED_BY(switch_mutex_) = 0;

  // Who holds the lock, or held it last; 0 before the first. Written under
  // switch_mutex_ when taking, but also by the holder without it when
  // dropping, hence atomic.
  std::atomic<uint64_t> last_holder_{0};

  // The thread that ends the program; 0 until it does.
  std::atomic<uint64_t> finalizer_{0};
};

}  // namespace gil_sim

#endif  // GIL_SIM_GIL_H_
