// gil_sim/assembler.h - programs as text that a person can write.
//
// CONCEPT     Declarations first, then bodies. A body belongs to one function
//             or to one or more threads that all run it:
//
//               global x = 0        # and: list items, lock m
//               expect x = 2        # when all threads have ended
//
//               function one
//                   LOAD_CONST 1
//                   RETURN_VALUE
//
//               thread A B
//                   LOAD_GLOBAL x
//                   CALL one
//                   BINARY_ADD
//                   STORE_GLOBAL x
//
//             A label is a name and a colon. A local variable exists once it
//             is stored to somewhere in its body, and starts as 0. A thread
//             ends where its body ends.
// IN PYTHON   compile(), and dis the other way round
// INVARIANTS  I1. What is returned has been verified, by gil_sim/verify.h.
// THREADS     Any.
// OWNERSHIP   The program owns what it needs of the text.
// ERRORS      std::invalid_argument: "line 7: ..." with what is wrong there
//             and, for a name, what names there are.
// READ NEXT   gil_sim/verify.h
#ifndef GIL_SIM_ASSEMBLER_H_
#define GIL_SIM_ASSEMBLER_H_

#include <string_view>

#include "gil_sim/bytecode.h"

namespace gil_sim {

Program assemble(std::string_view text);

}  // namespace gil_sim

#endif  // GIL_SIM_ASSEMBLER_H_
