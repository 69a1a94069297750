// demos/matrix/verdict.h - who won a test, and why: said by its own numbers.
//
// CONCEPT     Each test was made to show something. The verdict says whether
//             these very runs showed it, with the figures that decide. On a
//             busy machine, or one with a single CPU, it may be "not seen":
//             then that is what is printed.
// IN PYTHON   the sentences under the documents' table
// INVARIANTS  I1. Every figure in a verdict was measured in this run, or
//                 follows from its parameters.
//             I2. Nothing is said to be shorter than something else unless the
//                 two were told apart; and that something was work, or no
//                 waiting, only if `single` kept a CPU busy. [C-193]
// THREADS     A function of its argument.
// OWNERSHIP   Owns nothing.
// ERRORS      None: models that were not chosen are not spoken of.
// READ NEXT   demos/concurrency_matrix.cc
#ifndef DEMOS_MATRIX_VERDICT_H_
#define DEMOS_MATRIX_VERDICT_H_

#include <string>

#include "demos/matrix/measured_test.h"

namespace demos::matrix {

// "VERDICT C-181 best is threads, 1.96 times as fast as single; ...".
std::string verdict_of(const MeasuredTest& test);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_VERDICT_H_
