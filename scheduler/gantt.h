// scheduler/gantt.h - the one chart: a row per lane, a letter per moment.
//
// CONCEPT     Generators, tasks, threads under a lock, processes and simulated
//             jobs are all drawn by this function, so that pictures can be laid
//             side by side. A letter, not a colour, tells the state:
//
//               #  running                   -  ready, but not running
//               .  waiting (sleep, I/O)      L  waiting for a lock
//               g  wants the GIL             x  ended
//               !  forced switch (by the system)    |  own switch
//
//             A column shows what the lane did for most of that time. Switch
//             marks stand in the last column of a bar of two columns or more:
//             in a dense picture they would hide everything else.
// IN PYTHON   nothing built in
// INVARIANTS  I1. Same slices, same text: nothing depends on the run.
// THREADS     A function of its arguments.
// OWNERSHIP   Owns nothing.
// ERRORS      None; no slices give an empty string.
// LEFT OUT    SVG, HTML and trace files: demos/pictures draws the same slices.
// READ NEXT   loop/event_loop.h, or scheduler/executor.h
#ifndef SCHEDULER_GANTT_H_
#define SCHEDULER_GANTT_H_

#include <string>
#include <vector>

#include "scheduler/timeline.h"

namespace scheduler {

// A scale line, then one row per lane of `names` that has slices; `width`
// columns of time (at least 10).
std::string draw_gantt(const std::vector<std::string>& names,
                       const std::vector<Slice>& slices, int width = 72);

// The letter of a state.
char gantt_letter(LaneState state);

// The legend of the letters, in one line.
std::string gantt_legend();

}  // namespace scheduler

#endif  // SCHEDULER_GANTT_H_
