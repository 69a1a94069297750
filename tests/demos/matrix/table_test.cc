#include "demos/matrix/table.h"

#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/support/json.h"
#include "demos/support/machine.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace demos::matrix {
namespace {

MeasuredTest measured() {
  MeasuredTest test;
  test.experiment = bodies::heavy();
  test.world = worlds_of(Options{}, test.experiment).front();
  test.workers = 2;
  test.runs = 3;
  test.rows = {{.model = "single",
                .seconds = {1.02, 1.0, 1.05},
                .cpu_percent = 99,
                .peak_mb = 2.1,
                .voluntary_switches = 3,
                .involuntary_switches = 11,
                .threads = 1,
                .processes = 1,
                .speed_up = 1},
               {.model = "processes",
                .seconds = {0.53, 0.52, 0.56},
                .cpu_percent = 193,
                .peak_mb = 5,
                .threads = 1,
                .processes = 3,
                .speed_up = 1.92,
                .remark = "a remark"},
               {.model = "threads",
                .seconds = {0.52, 0.51, 0.55},
                .threads = 17,
                .processes = 1,
                .speed_up = 1.96}};
  return test;
}

std::string title() {
  const int cpus = support::usable_cpus();
  return "TEST 4 heavy: 16 powers n^n, n from 80000; " + std::to_string(cpus) +
         (cpus == 1 ? " CPU" : " CPUs") + ", 3 runs, median (range)";
}

// I1, C-193
TEST(MatrixTable, MarksTheBestAndWhatCannotBeToldFromIt) {
  EXPECT_EQ(table_of(measured()), title() + R"(
model                time s  cpu %  peak MB  vol/invol  threads  procs  vs single
single     1.02 (1.00-1.05)     99      2.1       3/11        1      1       1.00
processes  0.53 (0.52-0.56)    193      5.0        0/0        1      3       1.92  <- best as well, within noise; a remark
threads    0.52 (0.51-0.55)      0      0.0        0/0       17      1       1.96  <- best
)");
}

// I1, C-193
TEST(MatrixTable, AfterOneRunNobodyIsTheBest) {
  MeasuredTest test = measured();
  test.runs = 1;
  EXPECT_EQ(table_of(test).find("best"), std::string::npos) << table_of(test);
}

TEST(MatrixTable, LimitsStandInTheTitle) {
  MeasuredTest test = measured();
  EXPECT_EQ(table_of(test).find("--"), std::string::npos);
  test.pool = 5;
  test.limit = 3;
  EXPECT_NE(table_of(test).find(", --pool=5, --limit=3, 3 runs, median"),
            std::string::npos)
      << table_of(test);
}

TEST(MatrixTable, JsonHasTheSameNumbers) {
  const support::Json json = support::Json::parse(json_of(measured()).dump());
  EXPECT_EQ(json.at("test").number(), 4);
  EXPECT_EQ(json.at("concept").string(), "C-181");
  const support::Json& row = json.at("rows").array()[1];
  EXPECT_EQ(row.at("model").string(), "processes");
  EXPECT_EQ(row.at("seconds").at("median").number(), 0.53);
  EXPECT_EQ(row.at("processes").number(), 3);
  EXPECT_TRUE(json.at("verdict").string().starts_with("VERDICT C-181 "));
}

TEST(MatrixTable, ACellWithoutEventsHasNoPicture) {
  EXPECT_EQ(pictures_of(measured()), "");
}

TEST(MatrixTable, ACellIsDrawnFromItsEvents) {
  MeasuredTest test = measured();
  scheduler::ManualClock clock;
  scheduler::Timeline lane(clock);
  lane.created(0, "0");
  lane.running(0);
  clock.advance(scheduler::seconds(0.004));
  lane.suspended(0, scheduler::Reason::kSleep, scheduler::Decider::kTask);
  clock.advance(scheduler::seconds(0.004));
  lane.woken(0);
  lane.running(0);
  lane.finished(0);
  test.rows[0].events.assign(30, lane.events());
  const std::string text = pictures_of(test);
  EXPECT_NE(text.find("TEST 4 single, the first 24 of 30 items\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("23 |####"), std::string::npos) << text;
  EXPECT_EQ(text.find("24 |####"), std::string::npos) << text;
  EXPECT_NE(text.find("overlap of lifetimes 1.00, of running 0.50"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace demos::matrix
