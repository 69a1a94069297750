// gil_sim/no_gil.h - the lock that is not there.
//
// CONCEPT     Free threading: taking and dropping do nothing, so all threads
//             run at once, and check points find nothing to do. The same body
//             run under a Gil and under a NoGil is the whole experiment: what
//             the lock costs, and what it was protecting.
// IN PYTHON   python3.13t, PEP 703
// THREADS     Any number at once, which is the point.
// OWNERSHIP   Owns nothing.
// LEFT OUT    What must come instead: atomic reference counts, a lock per
//             container, a collector that stops the world.
// READ NEXT   gil_sim/allow_threads.h
#ifndef GIL_SIM_NO_GIL_H_
#define GIL_SIM_NO_GIL_H_

#include "gil_sim/interpreter_lock.h"

namespace gil_sim {

class NoGil final : public InterpreterLock {
  void acquire() override {}
  void release(Release) override {}
  void on_eval_breaker() override {}
};

}  // namespace gil_sim

#endif  // GIL_SIM_NO_GIL_H_
