// gil_sim/verify.h - bad programs are refused before they run.
//
// CONCEPT     The machine does not look whether its stack is empty: that would
//             cost at every instruction. Instead all paths through each body
//             are followed once, and at each place the number of values on the
//             stack and the locks held are written down. Two paths that meet
//             must agree, or the program is refused.
// IN PYTHON   stack_effect and the compiler's stackdepth; Java's verifier
// INVARIANTS  I1. A verified body never pops an empty stack, needs at most
//                 Program::kMaxStack values, and releases only locks that it
//                 has acquired.
//             I2. A function ends with RETURN_VALUE on all paths, with the
//                 locks it was called with; there is no recursion.
// THREADS     Any.
// OWNERSHIP   Borrows the program.
// ERRORS      std::invalid_argument: "line 7: pops an empty stack".
// LEFT OUT    Locals that are loaded before they are stored: they are 0.
// READ NEXT   gil_sim/check_policy.h
#ifndef GIL_SIM_VERIFY_H_
#define GIL_SIM_VERIFY_H_

#include "gil_sim/bytecode.h"

namespace gil_sim {

void verify(const Program& program);

}  // namespace gil_sim

#endif  // GIL_SIM_VERIFY_H_
