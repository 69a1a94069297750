#include "demos/diagnose_try.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/matrix/cell.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/matrix/table.h"
#include "demos/runners/runner.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/scratch_folder.h"

namespace demos {

namespace {

struct Trial {
  bodies::Experiment experiment;
  bodies::World world;
};

// The measured mix, so large that one after another takes about a second. A
// minute of waiting or of work is shortened, and the other one likewise.
Trial measured_mix(const Watched& watched) {
  constexpr double kLongestMs = 60;
  constexpr int kFewest = 16;
  constexpr int kMost = 400;
  const double waits = static_cast<double>(std::max<int64_t>(watched.waits, 1));
  const double wait_ms = watched.mean_wait_ms();
  const double longest_ms = std::max(wait_ms, 1e3 * watched.cpu_s() / waits);
  const double scale = std::min(1.0, kLongestMs / std::max(longest_ms, 1e-3));
  const double cpu_ms = 1e3 * watched.cpu_s() / waits * scale;
  const double one_ms = wait_ms * scale + cpu_ms;
  const int items = static_cast<int>(1e3 / std::max(one_ms, 1e-3));

  Trial trial = {.experiment = bodies::pages(), .world = {}};
  trial.world.sizes.fetch_ms = std::round(wait_ms * scale * 1e3) / 1e3;
  trial.world.sizes.fetch_cpu_us = std::round(cpu_ms * 1e3);
  trial.world.items =
      std::clamp(std::max(items, watched.sockets), kFewest, kMost);
  return trial;
}

Trial trial_for(const Watched& watched, const scheduler::Row& row) {
  const bool files = row.advice == "single";
  if (!files && watched.waits > 0) {
    return measured_mix(watched);
  }
  Trial trial = {.experiment = files ? bodies::many_files() : bodies::heavy(),
                 .world = {}};
  trial.world.items = files ? 300 : trial.experiment.items;
  trial.world.sizes.base = 40'000;  // of TEST 4: a quarter of its default
  return trial;
}

std::string text_of(const matrix::Row& row) {
  return row.model + " " + support::fixed(row.seconds.median, 3) + " s and " +
         support::fixed(row.peak_mb, 1) + " MB";
}

// The fastest of the others.
const matrix::Row& next_best(const matrix::MeasuredTest& test,
                             const matrix::Row& advised) {
  const matrix::Row* next = nullptr;
  for (const matrix::Row& row : test.rows) {
    if (&row != &advised &&
        (next == nullptr || row.seconds.median < next->seconds.median)) {
      next = &row;
    }
  }
  return *next;
}

}  // namespace

std::string try_advice(const Watched& watched, const scheduler::Row& row) {
  matrix::Options options;
  for (const runners::Model& model : runners::models()) {
    options.models.emplace_back(model.name);
  }
  options.workers = support::usable_cpus();
  const Trial trial = trial_for(watched, row);
  const support::ScratchFolder folder;
  support::Progress progress(STDERR_FILENO);
  const matrix::MeasuredTest test =
      run_test(options, trial.experiment, trial.world, folder.path(),
               matrix::empty_cell(), progress);

  return table_of(test) +
         support::verdict(
             row.concept_id,
             "tried: " + what_the_runs_say(test, std::string(row.advice))) +
         "\n";
}

std::string what_the_runs_say(const matrix::MeasuredTest& test,
                              const std::string& model) {
  const matrix::Row& advised = *test.find(model);
  const matrix::Row& best = test.best();
  const matrix::Row& next = next_best(test, advised);
  const std::string gain =
      support::fixed(advised.speed_up, 2) + " times as fast as single";
  if (test.told_apart(advised, best)) {
    return "the advice loses: " + text_of(advised) + ", " + gain + "; but " +
           text_of(best);
  }
  if (&advised == &test.single()) {
    return "the advice holds: " + text_of(advised) +
           "; nothing is gained by the others that these runs can show";
  }
  if (!test.told_apart(advised, test.single())) {
    return "nothing shown: " + gain + ", which these runs do not tell apart";
  }
  if (!test.told_apart(advised, next)) {
    return "the advice is not told apart from " + next.model + ": " +
           text_of(advised) + ", " + gain + "; " + text_of(next);
  }
  return "the advice wins: " + text_of(advised) + ", " + gain + "; next " +
         text_of(next);
}

}  // namespace demos
