// demos/concurrency_matrix.cc - the same seven tests under five models.
//
// The documents wrote 25 programs, ran each once, and compared the times. Here
// each test is written once (demos/bodies), each model is a runner
// (demos/runners), and every cell of the table is measured several times in a
// process of its own (demos/matrix). [C-176] [C-188]
//
// Five more models join on request (--models): one loop for each CPU, none at
// all, helpers for whatever computes, threads or a loop in each process.
// --explain puts the documents' figures beside ours and says what they follow
// from; --html writes all of it, and a timeline for each cell, to one page.
//
// Where to look. cpu %: what single leaves idle while it waits [C-025]. vs
// single: threads and async for work that waits [C-058] [C-195], processes for
// work that computes [C-127], and what the lock makes of threads in either
// [C-171] [C-172]. vol/invol: the switches that one thread saves [C-112]. The
// verdicts: whether async is what wins [C-120] [C-194].
//
//   bazel run //demos:concurrency_matrix -- --test=4
//
// Expected, for each test: a table with one row per model, and a line such as
//
//   VERDICT C-181 best is threads, 1.96 times as fast as single; threads and
//   threads_gil differ by 2.0: the flat column is the lock, not threads
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "demos/matrix/cell.h"
#include "demos/matrix/claims.h"
#include "demos/matrix/destination.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/matrix/page.h"
#include "demos/matrix/reported_table.h"
#include "demos/matrix/table.h"
#include "demos/matrix/verdict.h"
#include "demos/support/interrupt.h"
#include "demos/support/json.h"
#include "demos/support/meter.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/scratch_folder.h"
#include "demos/support/statistics.h"

namespace demos::matrix {
namespace {

// What the ruler itself costs: taken off where it would be in a number.
std::string overhead_text(const support::Usage& empty) {
  const support::Spread seconds = seconds_of_empty_cells();
  const auto ms = [](double value) { return support::fixed(1e3 * value, 1); };
  return "An empty cell costs " +
         support::fixed(static_cast<double>(empty.memory_bytes) / (1 << 20),
                        1) +
         " MB, which are taken off every peak, and " + ms(seconds.median) +
         " ms (" + ms(seconds.low) + "-" + ms(seconds.high) +
         ") from birth to death, which are in no time: a cell takes its own "
         "inside.";
}

support::Json json_of(const std::vector<MeasuredTest>& tests) {
  support::Json::Array reports;
  for (const MeasuredTest& test : tests) {
    reports.push_back(json_of(test));
  }
  return reports;
}

std::string text_of(const Options& options, const MeasuredTest& test) {
  return table_of(test) + (options.timeline ? pictures_of(test) : "") +
         verdict_of(test) + "\n" + claims_of(test) +
         (options.explain ? reported_table_of(test) : "") + "\n";
}

void run_matrix(const Options& options, Destination& json, Destination& html) {
  const bool tables = !json.is_standard_output() && !html.is_standard_output();
  const support::ScratchFolder scratch;
  support::Progress progress(STDERR_FILENO);
  const support::Usage empty = empty_cell();
  const std::string overhead =
      options.explain || html.wanted() ? overhead_text(empty) : "";

  std::vector<MeasuredTest> tests;
  for (const bodies::Experiment& experiment : chosen_experiments(options)) {
    for (const bodies::World& world : worlds_of(options, experiment)) {
      tests.push_back(run_test(options, experiment, world, scratch.path(),
                               empty, progress));
      if (tables) {
        support::print(text_of(options, tests.back()));
      }
    }
  }
  if (tables && options.explain) {
    support::print(overhead + "\n");
  }
  if (json.wanted()) {
    json.publish(json_of(tests).dump() + "\n");
  }
  if (html.wanted()) {
    html.publish(page_of(tests, overhead));
  }
}

}  // namespace
}  // namespace demos::matrix

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("concurrency_matrix", [&] {
    const support::InterruptScope interrupts;
    matrix::Options options;
    if (const auto code = matrix::parse_options(argc, argv, options)) {
      return *code;
    }
    matrix::Destination json("json", options.json);
    matrix::Destination html("html", options.html);
    if (!json.open() || !html.open()) {
      return 2;
    }
    matrix::run_matrix(options, json, html);
    return 0;
  });
}
