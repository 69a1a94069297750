// demos/inside_told.h - is the loop told, or does it look again and again?
//
// CONCEPT     By the virtual clock a wait takes no time, so only events make
//             turns. By the real clock the same tasks wait for real. A loop
//             that measures its tasks would use that time: for more turns, or
//             for the CPU. One that is told uses it for neither. [C-117]
// THREADS     One.
// OWNERSHIP   Owns the loop for the length of the call.
// ERRORS      What `main` throws; std::system_error from the CPU clock.
// READ NEXT   demos/inside_recorder.h
#ifndef DEMOS_INSIDE_TOLD_H_
#define DEMOS_INSIDE_TOLD_H_

#include <cstdint>
#include <string>

#include "demos/support/demo_loop.h"
#include "loop/coroutine.h"
#include "scheduler/clock.h"

namespace demos {

// Of a whole run; the last two are real time, whichever clock the loop has.
struct Cost {
  uint64_t turns = 0;
  scheduler::Duration passed{};
  scheduler::Duration cpu{};  // of the loop's thread
};

Cost cost_of(loop::Coroutine<> main, support::Time time);

// The verdict, from one run of the same tasks by each clock.
std::string told_or_measures(const Cost& by_virtual, const Cost& by_real);

}  // namespace demos

#endif  // DEMOS_INSIDE_TOLD_H_
