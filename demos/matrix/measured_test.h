// demos/matrix/measured_test.h - all models of one test, all runs, summed up.
//
// CONCEPT     Runs of different models alternate and each round begins with
//             another model: whatever drifts (a warm cache, a busy machine)
//             then touches all of them. The first round ends with `single`,
//             the slowest and the last to lack anything: who needs more
//             descriptors than there are is told at once and not after it.
//             Times become median and range; peaks the highest ever seen.
//             [C-193] Every run of every model must compute what the first run
//             of `single` computed. [C-188] Writing down when an item runs
//             takes time as well, more than a letter in TEST 3 does: so what
//             is drawn comes from a run of its own, which is not measured.
// IN PYTHON   nothing built in; the documents ran each program once
// INVARIANTS  I1. Rows stand in the order of all_models(), single first.
// THREADS     Main thread only.
// OWNERSHIP   Owns the server of the test for the length of run_test().
// ERRORS      std::runtime_error when a cell fails or differs from single.
// READ NEXT   demos/matrix/verdict.h
#ifndef DEMOS_MATRIX_MEASURED_TEST_H_
#define DEMOS_MATRIX_MEASURED_TEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/options.h"
#include "demos/support/meter.h"
#include "demos/support/report.h"
#include "demos/support/statistics.h"
#include "scheduler/timeline.h"

namespace demos::matrix {

// The factor from which on a difference is one to speak of.
inline constexpr double kClear = 1.3;

// One model's line of the table.
struct Row {
  std::string model;
  support::Spread seconds = {};
  double cpu_percent = 0;  // of the time in `seconds`; 100 is one CPU
  double peak_mb = 0;      // above an empty cell
  double voluntary_switches = 0;
  double involuntary_switches = 0;
  int threads = 0;
  int processes = 0;
  int sockets = 0;
  double speed_up = 0;  // times faster than single
  std::string remark = {};
  // Of a run that was recorded and not measured, if pictures are wanted.
  std::vector<std::vector<scheduler::Event>> events = {};
};

struct MeasuredTest {
  bodies::Experiment experiment;
  bodies::World world;
  int workers = 0;
  int runs = 0;
  int pool = 0;           // as in runners::Job
  int limit = 0;          // likewise
  std::vector<Row> rows;  // [I1]

  // The row of a model, or null if it was not chosen.
  const Row* find(std::string_view model) const;
  const Row& single() const { return rows.front(); }
  // The row with the shortest median.
  const Row& best() const;
  // True if the ranges of two rows are apart and their medians differ by five
  // per cent. Otherwise no claim may rest on which of the two is shorter; and
  // never after one run, which has no range. [C-193]
  bool told_apart(const Row& a, const Row& b) const;
  // How many items of a model run at a time, if that was limited to fewer than
  // there are; otherwise 0.
  int at_a_time(const Row& row) const;
};

// `world` is one of worlds_of(options, experiment).
MeasuredTest run_test(const Options& options,
                      const bodies::Experiment& experiment,
                      const bodies::World& world, const std::string& folder,
                      const support::Usage& empty, support::Progress& progress);

}  // namespace demos::matrix

#endif  // DEMOS_MATRIX_MEASURED_TEST_H_
