// demos/figures_verdicts.h - what a figure shows, read off its own bars.
//
// CONCEPT     A picture persuades, so what it is said to show is computed from
//             the same slices as the picture, and may turn out as not shown.
//             [C-006] [C-128] [C-204] [C-207] [C-212] [C-215] [C-216] [C-217]
//             [C-218] [C-219] [C-220] [C-222] [C-223]
// IN PYTHON   nothing built in
// INVARIANTS  I1. Everything is computed from the picture.
// THREADS     A function of its arguments.
// OWNERSHIP   Borrows the verdicts for the call.
// ERRORS      A picture that has no verdict is a bug in the caller: assert.
// READ NEXT   demos/timeline_numbers.h
#ifndef DEMOS_FIGURES_VERDICTS_H_
#define DEMOS_FIGURES_VERDICTS_H_

#include "demos/pictures/picture.h"
#include "demos/support/report.h"

namespace demos {

// REQUIRES: one of the pictures of demos/figures.cc, as it was drawn there.
void judge(const pictures::Picture& picture, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_FIGURES_VERDICTS_H_
