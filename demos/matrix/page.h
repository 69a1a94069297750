// demos/matrix/page.h - the whole run on one page, to be kept and compared.
//
// CONCEPT     For each test: a bar for each model that ends at its median, with
//             a line across from its shortest run to its longest, so that two
//             bars whose lines overlap are seen to be equal; beside it what the
//             documents reported for the same cell, drawn to *their* longest,
//             and what that follows from; below, what the items of each cell
//             did and when (demos/pictures).
//
//               threads  |####|-|        0.10 (0.09-0.12)    |::| 10.01 s
//               single   |############|| 1.78 (1.77-1.79)    |:::::::| 178.10 s
//
//             Nothing is told by colour alone, and nothing is fetched: the page
//             is a file that works without network for as long as there are
//             browsers.
// IN PYTHON   a report by jinja2 and matplotlib, in one file
// INVARIANTS  I1. Every text is escaped; names of models and titles are texts.
//             I2. From 400 px on, nothing has to be scrolled sideways.
// THREADS     A function of its arguments.
// OWNERSHIP   Values.
// ERRORS      None: writing the file is support::OutputFile's business.
// LEFT OUT    Two runs on one page: open both.
// READ NEXT   demos/pictures/html_page.h
#ifndef DEMOS_MATRIX_PAGE_H_
#define DEMOS_MATRIX_PAGE_H_

#include <string>
#include <vector>

#include "demos/matrix/measured_test.h"

namespace demos::matrix {

// `remarks` is said first: what holds for all tests.
std::string page_of(const std::vector<MeasuredTest>& tests,
                    const std::string& remarks);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_PAGE_H_
