// demos/pictures/trace_json.h - a picture as a trace that Perfetto opens.
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
//             picture consists of, stands under otherData and args, so that it
//             can be read back (trace_reader.h). [C-191]
// IN PYTHON   viztracer -o f1.json
// INVARIANTS  I1. Slices of a row do not overlap, if those of a lane do not.
//             I2. Names are printable.
// THREADS     A function of its argument.
// OWNERSHIP   Values.
// ERRORS      None.
// LEFT OUT    Arrows from a waker to the woken: a timeline knows that a task
//             was woken, not by whom. Questions: they take no time.
// READ NEXT   demos/pictures/trace_reader.h
#ifndef DEMOS_PICTURES_TRACE_JSON_H_
#define DEMOS_PICTURES_TRACE_JSON_H_

#include <string>

#include "demos/pictures/picture.h"

namespace demos::pictures {

// A whole file, an event to a line.
std::string trace_json(const Picture& picture);

// How a slice says who stopped it.
inline constexpr const char* kBySystem = "the system";
inline constexpr const char* kByItself = "itself";

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_TRACE_JSON_H_
