// demos/concurrency_matrix.cc - the same seven tests under five models.
//
// The documents wrote 25 programs, ran each once, and compared the times. Here
// each test is written once (demos/bodies), each model is a runner
// (demos/runners), and every cell of the table is measured several times in a
// process of its own (demos/matrix). [C-176] [C-188]
//
//   bazel run //demos:concurrency_matrix -- --test=4
//
// Expected, for each test: a table with one row per model, and a line such as
//
//   VERDICT C-181 best is threads, 1.96 times as fast as single; threads and
//   threads_gil differ by 2.0: the flat column is the lock, not threads
#include <unistd.h>

#include <cerrno>
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
#include "os/syscall.h"

namespace demos::matrix {
namespace {

constexpr const char* kStandardOutput = "-";

// A reader that has gone, or a full disk, is told at once: the next table would
// be minutes of measuring for nobody.
void print(const std::string& text) {
  errno = 0;
  std::cout << text << std::flush;
  if (!std::cout) {
    os::throw_errno("standard output");
  }
}

// Opened before anything is measured, so that a wrong path costs no time.
std::ofstream open_json(const std::string& path) {
  std::ofstream file;
  if (!path.empty() && path != kStandardOutput) {
    file.open(path);
    if (!file) {
      throw std::runtime_error("--json: cannot write " + path);
    }
  }
  return file;
}

void write_json(std::ofstream& file, const std::string& path,
                const support::Json& report) {
  if (path == kStandardOutput) {
    print(report.dump() + "\n");
    return;
  }
  file << report.dump() << "\n";
  file.close();
  if (!file) {
    throw std::runtime_error("--json: cannot write " + path);
  }
}

void run_matrix(const Options& options) {
  const bool tables = options.json != kStandardOutput;
  std::ofstream json = open_json(options.json);
  const support::ScratchFolder scratch;
  support::Progress progress(STDERR_FILENO);
  const support::Usage empty = empty_cell();

  support::Json::Array reports;
  for (const bodies::Experiment& experiment : chosen_experiments(options)) {
    const MeasuredTest test =
        run_test(options, experiment, scratch.path(), empty, progress);
    if (tables) {
      print(table_of(test) + pictures_of(test) + verdict_of(test) + "\n\n");
    }
    reports.push_back(json_of(test));
  }
  if (!options.json.empty()) {
    write_json(json, options.json, reports);
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
