// demos/pictures/trace_json.h - a picture as a trace that Perfetto opens, and
// back.
//
// CONCEPT     Chrome's trace format is a list of events, each with a phase:
//
//               M  a name: of a process (here: a panel, or a box in it), of a
//                  thread (here: a lane)
//               X  a slice, with its start and its length in microseconds
//               C  a counter: how many run, after each change
//
//             Every lane has a row of its own, since the viewer drops slices
//             of one row that overlap. What the viewer does not ask for, but a
//             picture consists of, stands under otherData and args: so a trace
//             that was kept can be drawn again in any form, on a machine that
//             could not have made it. [C-191]
// IN PYTHON   viztracer -o f1.json; json.load
// INVARIANTS  I1. picture_from_trace(trace_json(p)) is p, to the nanosecond,
//                 if p has panels and printable names.
//             I2. Slices of a row do not overlap; names are printable.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// ERRORS      std::invalid_argument (Python's ValueError) from
//             picture_from_trace(), with what is wrong: a file comes from
//             outside.
// LEFT OUT    Arrows from a waker to the woken: a timeline knows that a task
//             was woken, not by whom. Questions: they take no time.
// READ NEXT   demos/pictures/html_page.h
#ifndef DEMOS_PICTURES_TRACE_JSON_H_
#define DEMOS_PICTURES_TRACE_JSON_H_

#include <string>
#include <string_view>

#include "demos/pictures/picture.h"

namespace demos::pictures {

// A whole file, an event to a line.
std::string trace_json(const Picture& picture);

Picture picture_from_trace(std::string_view text);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_TRACE_JSON_H_
