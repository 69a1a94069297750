// demos/pictures/bars.h - one lane as a strip of bars, for a drawing or a page.
//
// CONCEPT     A strip is a piece of SVG, as wide as whatever holds it: places
//             along time are percents, so the same text is right on a sheet of
//             760 units and on a telephone. What a bar means is told three
//             times, since not everybody sees colours and not every printer
//             has them: by colour, by a hatch, and by the letter of the ASCII
//             chart wherever it has room.
//
//               |####|....|##!|--|##|    # solid   - lines   . dots
//                                        L slanted   g crossed
//
//             The end of a bar that was switched away from is a line: broken
//             near its foot, like `!`, if the system did it, whole if the task
//             did. A line needs no room, so it stands on the narrowest bar; the
//             letter joins it where it has room.
//
//             A pointer that rests on a bar is told all of it: who, what, from
//             when to when, on which CPU, and who ended it.
// IN PYTHON   nothing built in
// INVARIANTS  I1. Same picture, same text: nothing depends on the run.
//             I2. A name appears escaped only.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// ERRORS      None.
// READ NEXT   demos/pictures/svg.h
#ifndef DEMOS_PICTURES_BARS_H_
#define DEMOS_PICTURES_BARS_H_

#include <cstddef>
#include <string>

#include "demos/pictures/picture.h"
#include "scheduler/trace.h"

namespace demos::pictures {

inline constexpr int kBarHeight = 18;

// The bars of one lane, as children of an <svg> that is as wide as the
// picture's time is long.
std::string bars_of(const Picture& picture, const Panel& panel, size_t lane);

// `!` or `|` as a line just inside the place where a bar ends: broken near the
// foot, or whole.
std::string switch_tick(const std::string& end, scheduler::Decider decider);

// The numbers of the scale, likewise.
std::string scale_of(const Picture& picture);

// The hatches that bars are filled with; once in each document.
std::string hatches();

// What bars, hatches and scales look like, by day and by night: a style sheet.
std::string bar_style();

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_BARS_H_
