// demos/concurrency_matrix.cc - the same seven tests under five models.
//
// The documents wrote 25 programs, ran each once, and compared the times. Here
// each test is written once (demos/bodies), each model is a runner
// (demos/runners), and every cell of the table is measured several times in a
// process of its own (demos/matrix). [C-176] [C-188]
//
//   bazel run //demos:concurrency_matrix -- --test=4 --models=threads
//
// Expected, for each test: a table with one row per model, and a line such as
//
//   VERDICT C-181 best is threads, 1.96 times as fast as single; threads and
//   threads_gil differ by 2.0: the flat column is the lock, not threads
#include <unistd.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include "demos/matrix/cell.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/matrix/table.h"
#include "demos/matrix/verdict.h"
#include "demos/support/interrupt.h"
#include "demos/support/json.h"
#include "demos/support/meter.h"
#include "demos/support/report.h"
#include "demos/support/scratch_folder.h"
#include "os/signals.h"

namespace demos::matrix {
namespace {

constexpr const char* kStandardOutput = "-";

void write_json(const std::string& path, const support::Json& report) {
  if (path == kStandardOutput) {
    std::cout << report.dump() << std::endl;
    return;
  }
  std::ofstream file(path);
  file << report.dump() << "\n";
  file.close();
  if (!file) {
    throw std::runtime_error("--json: cannot write " + path);
  }
}

void run_matrix(const Options& options) {
  const bool tables = options.json != kStandardOutput;
  const support::ScratchFolder scratch;
  support::Progress progress(STDERR_FILENO);
  const support::Usage empty = empty_cell();

  support::Json::Array reports;
  for (const bodies::Experiment& experiment : chosen_experiments(options)) {
    const MeasuredTest test =
        run_test(options, experiment, scratch.path(), empty, progress);
    if (tables) {
      std::cout << table_of(test) << pictures_of(test) << verdict_of(test)
                << "\n"
                << std::endl;
    }
    reports.push_back(json_of(test));
  }
  if (!options.json.empty()) {
    write_json(options.json, reports);
  }
}

}  // namespace
}  // namespace demos::matrix

int main(int argc, char** argv) {
  os::ignore_sigpipe();
  const demos::support::InterruptScope interrupts;
  try {
    demos::matrix::Options options;
    if (const auto code = demos::matrix::parse_options(argc, argv, options)) {
      return *code;
    }
    demos::matrix::run_matrix(options);
    return 0;
  } catch (const demos::support::Interrupted& interrupted) {
    std::cerr << "concurrency_matrix: interrupted, all cleaned up\n";
    return interrupted.exit_code();
  } catch (const std::exception& error) {
    std::cerr << "concurrency_matrix: " << error.what() << "\n";
    return 1;
  }
}
