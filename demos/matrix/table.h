// demos/matrix/table.h - the measured test as text, as JSON, as pictures.
//
// CONCEPT     The same rows three times: for the eye, for a program, and as
//             one chart for each cell, on which waiting and working can be
//             seen instead of counted.
// INVARIANTS  I1. A row that the runs do not tell apart from the best is marked
//                 as equal to it; after one run none is the best. [C-193]
// THREADS     Functions of their arguments.
// OWNERSHIP   Owns nothing.
// ERRORS      None.
// READ NEXT   demos/matrix/verdict.h, demos/matrix/page.h
#ifndef DEMOS_MATRIX_TABLE_H_
#define DEMOS_MATRIX_TABLE_H_

#include <string>

#include "demos/matrix/measured_test.h"
#include "demos/support/json.h"

namespace demos::matrix {

std::string table_of(const MeasuredTest& test);

// What the other forms have in common with the table: its heading; "best", if
// the row is [I1]; enough digits to tell the fastest row from nothing.
std::string title_of(const MeasuredTest& test);
std::string mark_of(const MeasuredTest& test, const Row& row);
int digits_for(const MeasuredTest& test);

support::Json json_of(const MeasuredTest& test);

// One chart for each row that has recorded events.
std::string pictures_of(const MeasuredTest& test);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_TABLE_H_
