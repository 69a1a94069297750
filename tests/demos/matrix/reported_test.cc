#include "demos/matrix/reported.h"

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

Reported cell(int test, std::string_view model) {
  for (const Reported& reported : reported_for(test)) {
    if (reported.model == model) {
      return reported;
    }
  }
  ADD_FAILURE() << test << model;
  return {};
}

TEST(Reported, HasFourModelsForEachOfSixTests) {
  for (int test = 1; test <= 6; ++test) {
    const std::vector<Reported> cells = reported_for(test);
    ASSERT_EQ(cells.size(), 4u) << test;
    EXPECT_EQ(cells[0].model, "single");
    EXPECT_EQ(cells[0].vs_single, 1);
  }
  EXPECT_TRUE(reported_for(7).empty());
  EXPECT_TRUE(reported_for(0).empty());
}

// C-178: one item at a time, so exact; no other number of workers is near.
TEST(Reported, ListSchedulingOnEightWorkersGivesTheFirstTestsPool) {
  EXPECT_EQ(fit().workers, 8);
  const Reported processes = cell(1, "processes");
  EXPECT_DOUBLE_EQ(processes.prediction->seconds, 27);
  EXPECT_LT(std::abs(processes.error()), 0.01);
  EXPECT_NE(processes.prediction->from.find("(7: 29.00 s, 9: 25.00 s)"),
            std::string::npos)
      << processes.prediction->from;
}

// C-178
TEST(Reported, TheWaitsThemselvesGiveTheOtherThree) {
  EXPECT_DOUBLE_EQ(cell(1, "single").prediction->seconds, 178);
  for (const char* model : {"threads_gil", "async"}) {
    EXPECT_DOUBLE_EQ(cell(1, model).prediction->seconds, 10);
    EXPECT_FALSE(cell(1, model).prediction->fitted);
  }
}

// I1: what is fitted comes out right, and says so.
TEST(Reported, AFittedCellComesOutAsReported) {
  for (const auto& [test, model] :
       {std::pair(2, "threads_gil"), std::pair(3, "async"),
        std::pair(6, "async")}) {
    const Reported fitted = cell(test, model);
    EXPECT_TRUE(fitted.prediction->fitted);
    EXPECT_NE(fitted.prediction->from.find("fitted here"), std::string::npos);
    EXPECT_LT(std::abs(fitted.error()), 1e-4) << model;
  }
}

// C-183: the rate that gives 9.26 s gives the threads' time as well.
TEST(Reported, TheServersRateFittedOnAsyncPredictsThreads) {
  const Reported threads = cell(6, "threads_gil");
  EXPECT_FALSE(threads.prediction->fitted);
  EXPECT_NEAR(threads.prediction->seconds, 9.256, 0.001);
  EXPECT_LT(std::abs(threads.error()), 0.1);
}

// C-180 C-182: 8.35 s gives 46.6 us a hop, and that is not all of TEST 5.
TEST(Reported, TheHopFittedOnTheThirdTestLeavesAThirdOfTheFifthUnexplained) {
  EXPECT_NEAR(1e6 * fit().hop, 46.6, 0.1);
  const Reported files = cell(5, "async");
  EXPECT_FALSE(files.prediction->fitted);
  EXPECT_NEAR(files.error(), -0.34, 0.01);
}

// Each of these has a cause that the model does not know.
TEST(Reported, PredictionsThatAreFarOffAreKept) {
  EXPECT_NEAR(cell(2, "processes").error(), -0.62, 0.01);
  EXPECT_NEAR(cell(4, "processes").error(), -0.34, 0.01);
}

}  // namespace
}  // namespace demos::matrix
