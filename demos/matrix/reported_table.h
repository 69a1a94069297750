// demos/matrix/reported_table.h - the documents' figures beside today's.
//
// CONCEPT     Seconds of another machine cannot be compared with ours; how many
//             times a model is as fast as `single` can, because the machine is
//             in both of its numbers. So each row has their seconds, the two
//             ratios, and what the figure follows from, with the error.
// IN PYTHON   nothing built in
// INVARIANTS  I1. Only a prediction that is off by less than a tenth, and was
//                 not fitted on its own cell, is called an explanation.
// THREADS     Functions of their argument.
// OWNERSHIP   Owns nothing.
// ERRORS      None; a test that the documents do not report gives no text.
// READ NEXT   demos/matrix/page.h
#ifndef DEMOS_MATRIX_REPORTED_TABLE_H_
#define DEMOS_MATRIX_REPORTED_TABLE_H_

#include <string>

#include "demos/matrix/measured_test.h"
#include "demos/matrix/reported.h"

namespace demos::matrix {

// The table, and the verdict under it.
std::string reported_table_of(const MeasuredTest& test);

// "VERDICT C-183 in the documents' table: async ...", without a line end.
std::string reported_verdict_of(const MeasuredTest& test);

// "27.00 s", "-0.5 %"; of a fitted one the error says nothing.
std::string predicted_text(const Reported& cell);
std::string error_text(const Reported& cell);

// As many digits as the documents' figures are worth.
std::string reported_seconds(double seconds);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_REPORTED_TABLE_H_
