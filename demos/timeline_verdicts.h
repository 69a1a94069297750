// demos/timeline_verdicts.h - what these runs have shown, and no more.
//
// CONCEPT     Which sentence a picture proves depends on what was run: a scene
//             that works shows who is parallel, one that waits shows whose
//             waits overlap. A model that was not run is not spoken of, and a
//             number that is not there (one CPU, a busy machine) is "not
//             shown".
// IN PYTHON   nothing built in
// INVARIANTS  I1. Every figure in a verdict was measured in these runs.
// THREADS     A function of its arguments.
// OWNERSHIP   Values.
// ERRORS      None.
// READ NEXT   demos/timeline.cc
#ifndef DEMOS_TIMELINE_VERDICTS_H_
#define DEMOS_TIMELINE_VERDICTS_H_

#include <string>
#include <vector>

#include "demos/support/report.h"
#include "demos/timeline_numbers.h"
#include "demos/timeline_scene.h"

namespace demos {

struct Run {
  std::string model;
  Recorded recorded;
  Numbers numbers;
};

void judge(const Scene& scene, const std::vector<Run>& runs, int cpus,
           bool zoom, support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_TIMELINE_VERDICTS_H_
