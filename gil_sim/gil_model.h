// gil_sim/gil_model.h - the lock's algorithm in virtual time, to the tick.
//
// CONCEPT     gil.h is the lock; what it does depends on the machine that it
//             runs on. Here are the same rules for threads that are only lists
//             of work, on a clock that is moved by hand. So the rules can be
//             seen one by one: the *ask* of a waiter and the *drop* of the
//             holder are two events, and an instruction without a check point
//             keeps them apart.
//
//             Whom a drop wakes is the system's choice. Here it is a policy, so
//             that a picture can be drawn again, and another one beside it.
// IN PYTHON   take_gil and drop_gil in ceval_gil.h, as a table of times
// INVARIANTS  I1. At most one thread holds the lock.
//             I2. An ask comes one full interval after the waiter's last wait
//                 began, and only if no switch fell into it.
//             I3. After an ask somebody else than the dropper holds the lock.
//             I4. Same threads, same options: same events.
// THREADS     One.
// OWNERSHIP   Borrows clock and observer for the length of the call.
// LEFT OUT    The time that a switch takes; signals; more than one CPU for what
//             threads do without the lock is assumed to be there.
// READ NEXT   gil_sim/bytecode.h
#ifndef GIL_SIM_GIL_MODEL_H_
#define GIL_SIM_GIL_MODEL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace gil_sim {

struct GilWork {
  enum class Kind : uint8_t {
    kCompute,  // bytecode: a check point everywhere
    kLong,     // one instruction: no check point inside
    kBlock,    // without the lock: a sleep, a read
  };
  Kind kind;
  scheduler::Duration length;
};

struct GilThread {
  std::string name;
  std::vector<GilWork> work;  // wants the lock from the beginning
};

enum class GilWake : uint8_t { kFifo, kLifo, kRandom };

struct GilModelOptions {
  scheduler::Duration interval = std::chrono::milliseconds(5);
  GilWake wake = GilWake::kFifo;
  uint64_t seed = 1;  // of kRandom
};

struct GilEvent {
  enum class What : uint8_t { kTake, kAsk, kDrop, kEnd };
  scheduler::Duration time;  // since the start
  size_t thread;
  What what;

  friend bool operator==(const GilEvent&, const GilEvent&) = default;
};

// Runs all threads to their end, tells `observer` and gives all events in
// order of time.
std::vector<GilEvent> run_gil_model(const std::vector<GilThread>& threads,
                                    const GilModelOptions& options,
                                    scheduler::ManualClock& clock,
                                    scheduler::Observer& observer);

}  // namespace gil_sim

#endif  // GIL_SIM_GIL_MODEL_H_
