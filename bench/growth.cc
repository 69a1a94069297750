// bench/growth.cc - what a thousand times as much costs, one row each.
//
//   bazel run --config=bench //bench:growth
//
// The columns are ns for one operation at each size. Behind them: how many
// times as much the last size costs as the first, over how many decades, and
// what the header promises. A cache that is left behind costs what it costs:
// 4 ns become 100 when everything has to come from memory.
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "bench/growth_rows.h"
#include "bench/measured.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"

namespace bench {
namespace {

using demos::support::fixed;

std::string name_of(const GrowthRow& row, int argument) {
  return std::string(row.what) + "/" + std::to_string(argument);
}

int report() {
  demos::support::Progress progress(STDERR_FILENO);
  demos::support::Table table({"operation", "of", "sizes", "ns", "ns", "ns",
                               "ns", "times", "decades", "promise"});
  for (const GrowthRow& row : kGrowthRows) {
    progress.show("measuring " + std::string(row.what));
    std::vector<std::string> names;
    for (const int argument : row.arguments) {
      names.push_back(name_of(row, argument));
    }
    Medians medians = measure(row.program, names);
    std::vector<double> sizes;
    std::vector<double> costs;
    for (size_t i = 0; i < names.size(); ++i) {
      auto& median = medians[names[i]];
      const double value = median[row.measure];
      costs.push_back(
          std::string_view(row.measure) == "items_per_second" ? 1e9 / value
          : std::string_view(row.measure) == "per_timer"      ? value * 1e9
                                                              : value);
      sizes.push_back(median.contains("states") ? median["states"]
                                                : row.arguments[i]);
    }
    std::vector<std::string> cells = {
        row.what, row.of,
        quantity(sizes.front()) + " to " + quantity(sizes.back())};
    for (const double cost : costs) {
      cells.push_back(fixed(cost, cost < 100 ? 1 : 0));
    }
    cells.push_back(fixed(costs.back() / costs.front(), 1));
    cells.push_back(fixed(std::log10(sizes.back() / sizes.front()), 1));
    cells.push_back(row.promise);
    table.add(cells);
  }
  progress.clear();
  demos::support::print(table.text());
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return demos::support::run_demo("growth", [&] {
    demos::support::Flags flags("growth",
                                "what a thousand times as much costs");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    return bench::report();
  });
}
