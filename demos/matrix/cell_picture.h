// demos/matrix/cell_picture.h - what the items of a cell did, ready to be
// drawn.
//
// CONCEPT     Each item recorded its own events (demos/runners/lane.h); put
//             together by one clock they are the picture of a cell. A cell of
//             18,000 steps has more bars than a screen has points, so bars that
//             are too short to be seen are joined:
//
//               |#|.|#|#|.|#|#|    ->   |#######|     ran for most of it
//
// IN PYTHON   nothing built in
// INVARIANTS  I1. No time is lost or moved by joining: a joined bar begins and
//                 ends where its parts do, and has the state that lasted
//                 longest in each of its visible stretches.
//             I2. A bar that can be seen is drawn as it was recorded.
// THREADS     Functions of their arguments.
// OWNERSHIP   Values.
// ERRORS      None; a row without events has no lanes.
// READ NEXT   demos/pictures/picture.h
#ifndef DEMOS_MATRIX_CELL_PICTURE_H_
#define DEMOS_MATRIX_CELL_PICTURE_H_

#include <string>
#include <vector>

#include "demos/matrix/measured_test.h"
#include "demos/pictures/picture.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos::matrix {

struct CellLanes {
  std::vector<std::string> names;
  std::vector<scheduler::Slice> slices;
};

// Of the first items of a row, as many as fit on a screen.
CellLanes lanes_of(const Row& row);

bool has_events(const Row& row);

// "TEST 1 single, the first 24 of 26 items"
std::string caption_of(const MeasuredTest& test, const Row& row);

// Where the bars come from: they are not all alike.
std::string sources_of_bars();

// Joins neighbours that are shorter than `shortest`. [I1] [I2]
std::vector<scheduler::Slice> joined_where_too_short(
    const std::vector<scheduler::Slice>& slices, scheduler::Duration shortest);

// With a scale of its own: the bars of a quick model could not be seen beside
// those of a slow one.
pictures::Picture picture_of_cell(const MeasuredTest& test, const Row& row);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_CELL_PICTURE_H_
