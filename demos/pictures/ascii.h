// demos/pictures/ascii.h - a picture for a terminal: the charts below each
// other.
//
// CONCEPT     scheduler/gantt.h draws one run; here are several to one scale,
//             with their titles, the boxes of their processes, and the legend.
// IN PYTHON   nothing built in
// INVARIANTS  I1. A panel is as wide as its run is long, beside the longest.
//             I2. No name reaches the terminal unless it is printable.
// THREADS     A function of its argument.
// OWNERSHIP   Values.
// ERRORS      None.
// READ NEXT   scheduler/gantt.h
#ifndef DEMOS_PICTURES_ASCII_H_
#define DEMOS_PICTURES_ASCII_H_

#include <string>

#include "demos/pictures/picture.h"

namespace demos::pictures {

std::string ascii_text(const Picture& picture);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_ASCII_H_
