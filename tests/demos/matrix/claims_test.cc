#include "demos/matrix/claims.h"

#include <string>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "demos/support/statistics.h"
#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

MeasuredTest measured(const bodies::Experiment& experiment,
                      std::vector<std::pair<std::string, double>> medians) {
  MeasuredTest test;
  test.experiment = experiment;
  test.runs = 3;
  for (const auto& [model, seconds] : medians) {
    Row row;
    row.model = model;
    row.seconds = {
        .median = seconds, .low = seconds * 0.99, .high = seconds * 1.01};
    test.rows.push_back(std::move(row));
  }
  return test;
}

// C-078
TEST(Claims, ALoopForEachCpuComputesOnAllOfThem) {
  EXPECT_EQ(
      claims_of(measured(bodies::heavy(),
                         {{"single", 1.0}, {"async", 1.01}, {"loops", 0.52}})),
      "VERDICT C-078 true: one loop has one CPU, a loop for each has all "
      "(loops 0.520 s, async 1.010 s)\n");
}

// C-119
TEST(Claims, OneThreadWithoutALoopWaitsForAll) {
  EXPECT_TRUE(
      claims_of(
          measured(bodies::pages(), {{"single", 2.0}, {"nonblocking", 0.025}}))
          .starts_with("VERDICT C-119 wrong: one thread with poll() waits"));
}

// C-125 C-147 C-206
TEST(Claims, EachPairOfModelsSettlesItsOwn) {
  const std::string text =
      claims_of(measured(bodies::heavy(), {{"single", 1.0},
                                           {"threads_gil", 1.02},
                                           {"async", 1.01},
                                           {"async_offload", 0.55},
                                           {"processes_x_threads", 0.54},
                                           {"loops_in_processes", 0.53}}));
  for (const char* claim : {"VERDICT C-125 true: ", "VERDICT C-147 true: ",
                            "VERDICT C-206 true: "}) {
    EXPECT_NE(text.find(claim), std::string::npos) << claim << text;
  }
}

// I1
TEST(Claims, NothingFollowsFromRunsThatDoNotTellThemApart) {
  MeasuredTest test = measured(
      bodies::heavy(), {{"single", 1.0}, {"async", 1.0}, {"loops", 0.9}});
  EXPECT_EQ(claims_of(test),
            "VERDICT C-078 not seen in this run (loops 0.900 s, async 1.000 "
            "s)\n");
  test.rows[2].seconds = {.median = 0.5, .low = 0.4, .high = 1.2};
  EXPECT_NE(claims_of(test).find("not seen"), std::string::npos);
  test.runs = 1;
  EXPECT_NE(claims_of(test).find("not judged: one run"), std::string::npos);
}

TEST(Claims, TheFiveModelsOfTheTableSettleNone) {
  for (const bodies::Experiment& experiment : bodies::experiments()) {
    EXPECT_EQ(claims_of(measured(experiment, {{"single", 1.0},
                                              {"processes", 0.5},
                                              {"threads", 0.5},
                                              {"threads_gil", 1.0},
                                              {"async", 1.0}})),
              "");
  }
}

}  // namespace
}  // namespace demos::matrix
