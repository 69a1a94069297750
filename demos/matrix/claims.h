// demos/matrix/claims.h - what the models on request were made to show.
//
// CONCEPT     Each of the five further models settles a sentence of the
//             documents, by being quicker than a model that the sentence is
//             about: if a loop for every CPU computes in half the time of one
//             loop, then it was the one loop that had one CPU, not async. So a
//             claim is a pair of models, a test, and what follows if the first
//             of the pair was quicker. Nothing follows if it was not.
// IN PYTHON   nothing built in
// INVARIANTS  I1. As of demos/matrix/verdict.h: nothing is concluded from runs
//                 that do not tell the two apart.
// THREADS     A function of its argument.
// OWNERSHIP   Owns nothing.
// ERRORS      None: claims about models that were not chosen are not spoken of.
// READ NEXT   demos/matrix/reported.h
#ifndef DEMOS_MATRIX_CLAIMS_H_
#define DEMOS_MATRIX_CLAIMS_H_

#include <string>

#include "demos/matrix/measured_test.h"

namespace demos::matrix {

// "VERDICT C-078 true: ...", a line for each claim that this test settles.
std::string claims_of(const MeasuredTest& test);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_CLAIMS_H_
