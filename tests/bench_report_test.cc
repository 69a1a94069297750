// The table of promises and the benchmarks name the same things.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "bench/growth_rows.h"
#include "bench/report_rows.h"
#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace bench {
namespace {

std::set<std::string> benchmarks_of(const std::string& program) {
  std::istringstream lines(tests::output_of("bench/" + program + "_bench",
                                            {"--benchmark_list_tests"}));
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    names.insert(line);
  }
  return names;
}

TEST(BenchReport, EveryRowNamesBenchmarksThatExist) {
  std::map<std::string, std::set<std::string>> benchmarks;
  for (const Row& row : kRows) {
    auto& names = benchmarks[row.program];
    if (names.empty()) {
      names = benchmarks_of(row.program);
    }
    EXPECT_TRUE(names.contains(row.figure)) << row.program << " " << row.figure;
    if (row.limit != nullptr) {
      EXPECT_TRUE(names.contains(row.limit)) << row.program << " " << row.limit;
    }
  }
}

// Names of benchmarks with their arguments, and what the headers promise.
TEST(BenchGrowth, EveryRowNamesBenchmarksThatExistAndAPromiseThatIsMade) {
  for (const GrowthRow& row : kGrowthRows) {
    const auto names = benchmarks_of(row.program);
    for (const int argument : row.arguments) {
      const std::string name =
          std::string(row.what) + "/" + std::to_string(argument);
      EXPECT_TRUE(names.contains(name)) << row.program << " " << name;
    }
    std::ifstream header(row.header);
    const std::string text(std::istreambuf_iterator<char>(header), {});
    EXPECT_NE(text.find(row.promise), std::string::npos)
        << row.header << " does not promise " << row.promise;
  }
}

TEST(BenchReport, EveryPythonRowStandsBesideAFigure) {
  for (const PythonRow& python : kPythonRows) {
    EXPECT_TRUE(std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) {
      return std::string_view(row.figure) == python.figure;
    })) << python.figure;
  }
}

}  // namespace
}  // namespace bench
