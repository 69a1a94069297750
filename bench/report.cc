// bench/report.cc - every benchmark, beside its limit and its promise, in one
// table.
//
//   bazel run --config=bench //bench:report
//   bazel run --config=bench //bench:report -- --only=timers,explorer
//
// Each program measures limit and figure in the same run, so both saw the same
// machine; three repetitions, medians. The exit code is 0 even if a promise is
// not kept: a busy machine keeps none, and that is no error of the program.
#include "demos/support/report.h"

#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "bench/measured.h"
#include "bench/report_rows.h"
#include "demos/support/flags.h"
#include "demos/support/run_demo.h"

namespace bench {
namespace {

using demos::support::fixed;

// What the rows of one program ask for.
Medians measure_rows(std::string_view program) {
  std::vector<std::string> names;
  for (const Row& row : kRows) {
    if (row.program == program) {
      names.push_back(row.figure);
      if (row.limit != nullptr) {
        names.push_back(row.limit);
      }
    }
  }
  return measure(program, names);
}

// What Python takes for the same, in nanoseconds; nothing without python3.
std::string in_python(std::string_view figure) {
  for (const PythonRow& row : kPythonRows) {
    if (row.figure == figure) {
      const std::string text = output_of(
          "python3 -c '\nimport timeit\n" + std::string("s = \"\"\"") +
          row.setup + "\"\"\"\nprint(min(timeit.repeat(\"\"\"" + row.statement +
          "\"\"\", s, number=1, repeat=3)))' 2>/dev/null");
      return text.empty() ? ""
                          : quantity(std::stod(text) / row.times * 1e9) + " ns";
    }
  }
  return "";
}

int report(const std::vector<std::string>& programs) {
  demos::support::Progress progress(STDERR_FILENO);
  demos::support::Table table(
      {"figure", "measured", "limit", "ratio", "target", "", "CPython"});
  int met = 0;
  int measured = 0;
  for (const std::string& program : programs) {
    progress.show("measuring " + program);
    Medians medians = measure_rows(program);
    for (const Row& row : kRows) {
      if (row.program != program) {
        continue;
      }
      const std::string name = program + " " + row.figure + " " + row.measure;
      const double figure = medians[row.figure][row.measure];
      const double limit =
          row.limit == nullptr ? 1 : medians[row.limit][row.measure];
      if (!(figure > 0) || !(limit > 0)) {
        table.add({name, "-", "-", "-", "-", "not measured", ""});
        continue;
      }
      const double ratio = figure / limit;
      const bool lower = row.better == Better::kLower;
      const bool kept = lower ? ratio <= row.target : ratio >= row.target;
      ++measured;
      met += kept ? 1 : 0;
      table.add({name, quantity(figure),
                 row.limit == nullptr ? "-" : quantity(limit),
                 row.limit == nullptr ? "-" : fixed(ratio, 2),
                 (lower ? "<= " : ">= ") + quantity(row.target),
                 kept ? "met" : "not met", in_python(row.figure)});
    }
  }
  progress.clear();
  demos::support::print(table.text() + "\n" + std::to_string(met) + " of " +
                        std::to_string(measured) + " targets met\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return demos::support::run_demo("report", [&] {
    std::vector<std::string> programs;
    for (const bench::Row& row : bench::kRows) {
      if (programs.empty() || programs.back() != row.program) {
        programs.push_back(row.program);
      }
    }
    demos::support::Flags flags(
        "report", "every benchmark beside its limit and its target");
    const std::vector<std::string> accepted = programs;
    flags.choices("only", &programs, accepted, "these programs");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    return bench::report(programs);
  });
}
