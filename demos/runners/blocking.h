// demos/runners/blocking.h - answering a body's steps by waiting for them.
//
// CONCEPT     The plain way: a step that waits blocks the calling thread until
//             it is done. Most models do just this, at least with files, and
//             differ in how many threads or processes do it at once. If the
//             thread holds an interpreter lock, it lets go of it while it
//             waits and looks at it where it does not; without one, those
//             lines do nothing.
// IN PYTHON   time.sleep, requests.get, open: all of them release the lock
// INVARIANTS  I1. A lock is held while the body computes and only then.
// THREADS     Any, one item each.
// OWNERSHIP   Owns the body for the length of the call.
// ERRORS      What a step throws; std::runtime_error for a page that is not
//             there.
// READ NEXT   demos/runners/threads.cc
#ifndef DEMOS_RUNNERS_BLOCKING_H_
#define DEMOS_RUNNERS_BLOCKING_H_

#include "demos/bodies/step.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"

namespace demos::runners {

// Does what one step asks for.
bodies::Answer answer_blocking(const Job& job, const bodies::Step& step,
                               Lane& lane);

// Runs one item from beginning to end.
bodies::Value run_blocking(const Job& job, int item, Lane& lane);

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_BLOCKING_H_
