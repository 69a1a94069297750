// demos/lost_update_bytecode.h - when a counter provably loses nothing.
//
// CONCEPT     A run that loses no update proves nothing: the next one may.
//             Here the line is bytecode, and all its schedules are searched.
//             Beside the proof stands a run of the same line, many times over,
//             by two real threads under a real lock that is asked for often.
// THREADS     One; those of the runs are over when a call returns.
// OWNERSHIP   Owns nothing.
// ERRORS      As gil_sim/interpreter.h.
#ifndef DEMOS_LOST_UPDATE_BYTECODE_H_
#define DEMOS_LOST_UPDATE_BYTECODE_H_

#include <string>

#include "demos/support/report.h"
#include "gil_sim/check_policy.h"

namespace demos {

// Of all schedules of two threads that run a body once.
struct Proof {
  double schedules = 0;
  double failing = 0;
};
Proof prove(const std::string& body, gil_sim::CheckPolicy checks);

// Increments that look whether anybody else is inside, with a lock or without.
Proof prove_writers_inside(bool locked);

// "68 of 70 schedules"
std::string text_of(const Proof& proof);

// The table of lines and policies; `laps` for each thread of the runs.
void show_bytecode(int laps, support::Verdicts& verdicts);

// The shortest schedule in which `x = x + await one()` loses an update.
std::string await_witness();

}  // namespace demos

#endif  // DEMOS_LOST_UPDATE_BYTECODE_H_
