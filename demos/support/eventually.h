// demos/support/eventually.h - wait for what only looking can tell.
//
// CONCEPT     Another process's state raises no event for us: /proc must be
//             asked again and again. The question is put every 2 ms, and after
//             five seconds the answer is no, so that nobody waits for ever.
// IN PYTHON   psutil.wait_procs
// THREADS     Any.
// OWNERSHIP   Borrows the question for the call.
// ERRORS      What the question throws; Interrupted on Ctrl-C.
// READ NEXT   os/proc.h
#ifndef DEMOS_SUPPORT_EVENTUALLY_H_
#define DEMOS_SUPPORT_EVENTUALLY_H_

#include <chrono>

#include "demos/support/interrupt.h"
#include "scheduler/clock.h"

namespace demos::support {

// True as soon as `seen` is; false if it was not within five seconds.
template <class Question>
bool eventually(Question seen) {
  auto& clock = scheduler::SteadyClock::instance();
  const scheduler::TimePoint deadline = clock.now() + std::chrono::seconds(5);
  while (!seen()) {
    throw_if_interrupted();
    if (clock.now() > deadline) {
      return false;
    }
    clock.sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_EVENTUALLY_H_
