#include "bench/measured.h"

#include <stdio.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "demos/support/json.h"
#include "demos/support/report.h"

namespace bench {

namespace {

using demos::support::fixed;
using demos::support::Json;

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
                 name.ends_with("_us") || name == "states") {
        median[name] = value.number();
      }
    }
  }
  return medians;
}

}  // namespace

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

Medians measure(std::string_view program,
                const std::vector<std::string>& benchmarks) {
  std::string filter;
  for (const std::string& name : benchmarks) {
    filter += (filter.empty() ? "^(" : "|") + name;
  }
  const std::string text = output_of(
      "bench/" + std::string(program) + "_bench --benchmark_filter='" + filter +
      ")$' --benchmark_format=json --benchmark_repetitions=3 "
      "--benchmark_min_time=0.05 "
      "--benchmark_report_aggregates_only=true 2>/dev/null");
  return text.empty() ? Medians() : medians_of(Json::parse(text));
}

std::string quantity(double value) {
  for (const auto& [scale, letter] :
       {std::pair(1e9, "G"), std::pair(1e6, "M"), std::pair(1e3, "k")}) {
    if (value >= scale) {
      return fixed(value / scale, 2) + letter;
    }
  }
  return value >= 0.01 ? fixed(value, 2) : fixed(value * 1e9, 0) + "n";
}

}  // namespace bench
