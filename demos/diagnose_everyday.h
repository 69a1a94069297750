// demos/diagnose_everyday.h - commands that anybody runs, each under the lens.
//
// CONCEPT     "Most programs on one computer are bound by its CPU" can be
//             asked of the computer. Commands that a day at a terminal
//             consists of run here on files made for them, and are classified
//             as any other. [C-055]
// INVARIANTS  I1. The files are gone when the run is over.
//             I2. A command that failed, or whose run was too short to judge,
//                 is listed and not counted.
// THREADS     Main thread only.
// OWNERSHIP   Owns the files.
// ERRORS      As of demos/diagnose_watch.h; a command that fails leaves a row
//             that says how.
// READ NEXT   demos/diagnose.cc
#ifndef DEMOS_DIAGNOSE_EVERYDAY_H_
#define DEMOS_DIAGNOSE_EVERYDAY_H_

#include <string>

#include "demos/diagnose_judge.h"

namespace demos {

// The table, and a verdict.
std::string everyday_commands(const Rule& rule);

}  // namespace demos

#endif  // DEMOS_DIAGNOSE_EVERYDAY_H_
