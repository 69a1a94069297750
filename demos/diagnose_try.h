// demos/diagnose_try.h - the rule itself put to the test.
//
// CONCEPT     A rule of thumb advises; whether it is right can be measured. A
//             command's own work cannot be run under another model, but work
//             of its kind can: the matrix has it. So its size is set to what
//             was measured - how long a wait is, how much is computed between
//             two of them - and all five models run it.
//
//               local files     TEST 5, files by the hundred
//               never waits     TEST 4, heavy operations
//               anything else   TEST 2, pages that take the measured wait, with
//                               the measured CPU time before each
//
//             How large its files are, or its operations, cannot be seen from
//             outside: there the sizes are the tests'.
// INVARIANTS  I1. The advice has won if the runs tell it apart from the next
//                 best model, and from single; it has lost if they tell it
//                 apart from a faster one. Nothing else is claimed.
// THREADS     Main thread only.
// OWNERSHIP   Everything lives for the length of the call.
// ERRORS      As of demos/matrix/measured_test.h.
// READ NEXT   demos/matrix/measured_test.h
#ifndef DEMOS_DIAGNOSE_TRY_H_
#define DEMOS_DIAGNOSE_TRY_H_

#include <string>

#include "demos/diagnose_lookout.h"
#include "demos/matrix/measured_test.h"
#include "scheduler/choose.h"

namespace demos {

// The table of the matrix, and a verdict.
std::string try_advice(const Watched& watched, const scheduler::Row& row);

// What the runs say of the advice to take `model`. [I1]
std::string what_the_runs_say(const matrix::MeasuredTest& test,
                              const std::string& model);

}  // namespace demos

#endif  // DEMOS_DIAGNOSE_TRY_H_
