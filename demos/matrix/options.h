// demos/matrix/options.h - what the learner may change about the matrix.
//
// CONCEPT     Everything has a default, so the matrix needs no argument; each
//             flag changes one thing that changes what is seen. Sizes are the
//             experiment's own unless --n or --latency says otherwise, for all
//             chosen tests alike.
// IN PYTHON   argparse.Namespace
// INVARIANTS  I1. `single` is always among the models: the others are compared
//                 with it.
// THREADS     One.
// OWNERSHIP   Values.
// ERRORS      See demos/support/flags.h.
// READ NEXT   demos/matrix/cell.h
#ifndef DEMOS_MATRIX_OPTIONS_H_
#define DEMOS_MATRIX_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/runners/runner.h"

namespace demos::matrix {

struct Options {
  std::vector<std::string> tests;   // "1" to "7"
  std::vector<std::string> models;  // by name [I1]
  int runs = 3;
  int items = 0;           // 0: the experiment's own
  double latency_ms = -1;  // negative: the experiment's own
  int workers = 1;
  int pool = 0;
  int limit = 0;
  bool full = false;
  bool timeline = false;
  bool explain = false;
  std::string json;  // "-" or a file; empty: none
  std::string html;  // likewise

  // Are there pictures to be drawn?
  bool records() const { return timeline || !html.empty(); }
};

// Reads the flags, or gives the exit code to leave with.
std::optional<int> parse_options(int argc, char** argv, Options& options);

// The chosen experiments and models, in the order of the table.
std::vector<bodies::Experiment> chosen_experiments(const Options& options);
std::vector<runners::Model> chosen_models(const Options& options);

// The worlds of an experiment, but for folder and server: a table for each.
// --full has a series of them where the documents have one. [C-186]
std::vector<bodies::World> worlds_of(const Options& options,
                                     const bodies::Experiment& experiment);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_OPTIONS_H_
