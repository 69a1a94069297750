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

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/report_rows.h"
#include "demos/support/flags.h"
#include "demos/support/json.h"
#include "demos/support/run_demo.h"

namespace bench {
namespace {

using demos::support::fixed;
using demos::support::Json;

// What a command writes; empty if it failed.
std::string output_of(const std::string& command) {
  FILE* const out = popen(command.c_str(), "r");
  if (out == nullptr) {
    return "";
  }
  std::string text;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, out)) {
    text.append(buffer, got);
  }
  return pclose(out) == 0 ? text : "";
}

// Medians by benchmark and measure; times in nanoseconds.
using Medians = std::map<std::string, std::map<std::string, double>>;

double nanoseconds(std::string_view unit) {
  return unit == "ns" ? 1 : unit == "us" ? 1e3 : unit == "ms" ? 1e6 : 1e9;
}

Medians medians_of(const Json& report) {
  Medians medians;
  for (const Json& benchmark : report.at("benchmarks").array()) {
    const auto& members = benchmark.object();
    const auto is_median = [](const std::pair<std::string, Json>& member) {
      return member.first == "aggregate_name" &&
             member.second == Json("median");
    };
    if (std::none_of(members.begin(), members.end(), is_median)) {
      continue;
    }
    auto& median = medians[benchmark.at("run_name").string()];
    const double unit = nanoseconds(benchmark.at("time_unit").string());
    for (const auto& [name, value] : members) {
      if (name == "cpu_time" || name == "real_time") {
        median[name] = value.number() * unit;
      } else if (name.find("per_") != std::string::npos ||
                 name.ends_with("_us")) {
        median[name] = value.number();
      }
    }
  }
  return medians;
}

// Runs what the rows of one program ask for, and nothing else of it.
Medians measure(std::string_view program) {
  std::string filter;
  for (const Row& row : kRows) {
    if (row.program == program) {
      for (const char* const name : {row.figure, row.limit}) {
        if (name != nullptr) {
          filter += (filter.empty() ? "^(" : "|") + std::string(name);
        }
      }
    }
  }
  const std::string text = output_of(
      "bench/" + std::string(program) + "_bench --benchmark_filter='" + filter +
      ")$' --benchmark_format=json --benchmark_repetitions=3 "
      "--benchmark_min_time=0.05 "
      "--benchmark_report_aggregates_only=true 2>/dev/null");
  return text.empty() ? Medians() : medians_of(Json::parse(text));
}

// Nanoseconds, a count, or a rate, in three digits or so.
std::string quantity(double value) {
  for (const auto& [scale, letter] :
       {std::pair(1e9, "G"), std::pair(1e6, "M"), std::pair(1e3, "k")}) {
    if (value >= scale) {
      return fixed(value / scale, 2) + letter;
    }
  }
  return value >= 0.01 ? fixed(value, 2) : fixed(value * 1e9, 0) + "n";
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
    Medians medians = measure(program);
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
