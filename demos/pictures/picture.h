// demos/pictures/picture.h - what was recorded, ready to be drawn in any form.
//
// CONCEPT     Pictures are compared, so they are drawn to one scale: a picture
//             is a few runs, its panels, below each other. A panel is what a
//             Timeline recorded: lanes and their bars. Where lanes are threads,
//             a box holds those of one process. [C-191]
//
//               Picture  F1, work for the CPU
//                 Panel    processes, 2 CPUs      16 ms
//                   lanes    A B C D
//                   slices   A running 0 to 8, C ready 0 to 8, ...
//
//             A rule of choice has no time, but it has an order: a picture may
//             consist of questions instead. [C-204]
// IN PYTHON   nothing built in
// INVARIANTS  I1. The times of a panel begin at 0, whatever the clock said.
//             I2. A slice's lane is a place in `lanes`; boxes are none, or one
//                 for each lane.
//             I3. Slices have a length: a moment between two bars is no bar.
// THREADS     Values.
// OWNERSHIP   Owns its texts and slices.
// ERRORS      None.
// LEFT OUT    Colours, widths, fonts: those are the writers' business.
// READ NEXT   demos/pictures/bars.h
#ifndef DEMOS_PICTURES_PICTURE_H_
#define DEMOS_PICTURES_PICTURE_H_

#include <chrono>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos::pictures {

struct Panel {
  std::string title;
  std::string caption;  // what its numbers come to
  std::vector<std::string> lanes;
  std::vector<std::string> boxes;  // the process of each lane, or empty [I2]
  std::vector<scheduler::Slice> slices;

  // When the last slice ends.
  scheduler::Duration length() const;
};

// Leaves out lanes on which nothing happened. [I1] [I3]
Panel make_panel(std::string title, std::vector<std::string> lanes,
                 std::vector<scheduler::Slice> slices);

// How long something is in a picture, and what it is called there: a minute of
// a simulated kitchen is a millisecond of the simulator.
struct Unit {
  std::string name = "ms";
  scheduler::Duration length = std::chrono::milliseconds(1);
};

// The last one has no condition: it is what remains.
struct Question {
  std::string condition;
  std::string advice;
};

struct Picture {
  std::string name;   // "F1"
  std::string title;  // a sentence
  std::string note;   // what bars stand for where the plain words do not fit
  Unit unit;
  std::vector<Panel> panels;
  std::vector<Question> questions;  // instead of panels

  // Of the longest panel.
  scheduler::Duration length() const;
};

// "12.5 ms", in the picture's unit.
std::string time_text(scheduler::Duration time, const Unit& unit);

// Marks of the scale: few, round, from 0 to `length`.
std::vector<scheduler::Duration> scale_marks(scheduler::Duration length,
                                             const Unit& unit);

// How a state is told without colour; its letter is gantt_letter().
struct StateLook {
  const char* word;  // "waiting for a lock"
  const char* name;  // "lock": of its hatch
};
const StateLook& look_of(scheduler::LaneState state);

}  // namespace demos::pictures

#endif  // DEMOS_PICTURES_PICTURE_H_
