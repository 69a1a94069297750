#include "demos/matrix/reported_table.h"

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

MeasuredTest measured(const bodies::Experiment& experiment) {
  MeasuredTest test;
  test.experiment = experiment;
  test.rows = {{.model = "single", .speed_up = 1},
               {.model = "async", .speed_up = 41.5}};
  return test;
}

// I1 C-183
TEST(ReportedTable, PutsTheirRatiosBesideOursAndSaysWhatFollowsFromWhat) {
  EXPECT_EQ(
      reported_table_of(measured(bodies::api_to_file())),
      R"(in the documents     time  vs single  here vs single  predicted    error
single            43.94 s       1.00            1.00          -        -
processes         11.28 s       3.90               -     9.96 s  -11.6 %  8 workers from TEST 1, 11.1 answers/s from async
threads_gil        9.84 s       4.47               -     9.26 s   -5.9 %  11.1 answers/s from async
async              9.26 s       4.75           41.50     9.26 s   fitted  11.1 answers/s, fitted here
VERDICT C-183 in the documents' table: processes 9.96 s for 11.28 s (-11.6 %, not explained), threads_gil 9.26 s for 9.84 s (-5.9 %), async 9.26 s for 9.26 s (11.1 answers/s, fitted here)
)");
}

// C-180
TEST(ReportedTable, WhatWasFittedOnTheThirdTestIsTriedOnTheFifth) {
  EXPECT_EQ(reported_verdict_of(measured(bodies::one_file())),
            "VERDICT C-180 in the documents' table: async 8.35 s for 8.35 s "
            "(46.6 us a hop, fitted here); with it TEST 5 async 3.82 s for "
            "5.76 s (-33.8 %, not explained)");
}

TEST(ReportedTable, ATestTheyDoNotReportHasNone) {
  EXPECT_EQ(reported_table_of(measured(bodies::csv_file())), "");
}

}  // namespace
}  // namespace demos::matrix
