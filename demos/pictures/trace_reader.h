// demos/pictures/trace_reader.h - a trace that was kept, as a picture again.
//
// CONCEPT     Real threads never run twice alike, so a run worth showing is
//             kept: as the trace that a viewer opens. Read back, it can be
//             drawn in any form, on a machine that could not have made it. But
//             a file comes from outside and may claim anything, so each number
//             is held against what the writer could have written.
// IN PYTHON   json.load
// INVARIANTS  I1. picture_from_trace(trace_json(p)) is p, to the nanosecond,
//                 if p has panels and printable names.
//             I2. Slices of one lane do not overlap in what is returned.
// THREADS     A function of its argument.
// OWNERSHIP   Values.
// ERRORS      std::invalid_argument (Python's ValueError) with what is wrong.
// LEFT OUT    Traces of other programs: they do not say what a lane was at.
// READ NEXT   demos/figures.cc
#ifndef DEMOS_PICTURES_TRACE_READER_H_
#define DEMOS_PICTURES_TRACE_READER_H_

#include <string_view>

#include "demos/pictures/picture.h"

namespace demos::pictures {

Picture picture_from_trace(std::string_view text);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_TRACE_READER_H_
