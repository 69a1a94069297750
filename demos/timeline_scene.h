// demos/timeline_scene.h - a few tasks that work and wait, under any model.
//
// CONCEPT     A scene is what the documents draw: some tasks, each a list of
//             times to work and to wait. It is written as an experiment of the
//             matrix, so the matrix's five models run it, each in a process of
//             its own, and what its tasks did comes back as bars. TEST 1 to 7
//             are scenes too.
// IN PYTHON   nothing built in; the documents drew by hand
// INVARIANTS  I1. Bars are recorded, never computed from the scene.
// THREADS     Main thread only, one scene at a time.
// OWNERSHIP   Everything lives for the length of record().
// ERRORS      As of demos/matrix/cell.h.
// READ NEXT   demos/timeline_numbers.h
#ifndef DEMOS_TIMELINE_SCENE_H_
#define DEMOS_TIMELINE_SCENE_H_

#include <string>
#include <vector>

#include "demos/runners/runner.h"
#include "scheduler/timeline.h"

namespace demos {

struct Part {
  double work_ms = 0;
  double wait_ms = 0;  // after it
};

struct Scene {
  std::string title;
  std::vector<std::string> names;
  std::vector<std::vector<Part>> tasks;  // one for each name; empty for a TEST
  int test = 0;                          // 1 to 7, or 0
};

struct Recorded {
  std::string model;  // "processes, 2 workers"
  std::vector<std::string> names;
  std::vector<scheduler::Slice> slices;
};

// `workers` limits processes, and threads if it is not 0.
Recorded record(const Scene& scene, const runners::Model& model, int workers);

}  // namespace demos

#endif  // DEMOS_TIMELINE_SCENE_H_
