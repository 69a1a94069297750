// demos/concurrency_matrix.cc - the same seven tests under five models.
//
// The documents wrote 25 programs, ran each once, and compared the times. Here
// each test is written once (demos/bodies), each model is a runner
// (demos/runners), and every cell of the table is measured several times in a
// process of its own (demos/matrix). [C-176] [C-188]
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

#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "demos/matrix/cell.h"
#include "demos/matrix/claims.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/matrix/reported_table.h"
#include "demos/matrix/table.h"
#include "demos/matrix/verdict.h"
#include "demos/support/interrupt.h"
#include "demos/support/json.h"
#include "demos/support/meter.h"
#include "demos/support/output_file.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/support/scratch_folder.h"

namespace demos::matrix {
namespace {

constexpr const char* kStandardOutput = "-";

// Opened before anything is measured, so that a wrong path costs no time. False
// if it is refused, and told.
bool open_json(const std::string& path,
               std::optional<support::OutputFile>& file) {
  if (path.empty() || path == kStandardOutput) {
    return true;
  }
  try {
    file.emplace(path);
    return true;
  } catch (const std::system_error& refused) {
    std::cerr << "concurrency_matrix: --json=" + path +
                     ": cannot be written: " + refused.code().message() +
                     "; accepted: a file in a folder that you may write to, "
                     "or none for the standard output\n";
    return false;
  }
}

// `json` is where the numbers go, or null.
void run_matrix(const Options& options, support::OutputFile* json) {
  const bool tables = options.json != kStandardOutput;
  const support::ScratchFolder scratch;
  support::Progress progress(STDERR_FILENO);
  const support::Usage empty = empty_cell();

  support::Json::Array reports;
  for (const bodies::Experiment& experiment : chosen_experiments(options)) {
    for (const bodies::World& world : worlds_of(options, experiment)) {
      const MeasuredTest test =
          run_test(options, experiment, world, scratch.path(), empty, progress);
      if (tables) {
        support::print(
            table_of(test) + pictures_of(test) + verdict_of(test) + "\n" +
            claims_of(test) +
            (options.reported ? reported_table_of(test) : std::string()) +
            "\n");
      }
      reports.push_back(json_of(test));
    }
  }
  const std::string report = support::Json(std::move(reports)).dump() + "\n";
  if (json != nullptr) {
    json->publish(report);
  } else if (!tables) {
    support::print(report);
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
    std::optional<support::OutputFile> json;
    if (!matrix::open_json(options.json, json)) {
      return 2;
    }
    matrix::run_matrix(options, json ? &*json : nullptr);
    return 0;
  });
}
