#include "demos/matrix/verdict.h"

#include <string>
#include <utility>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/matrix/measured_test.h"
#include "demos/matrix/options.h"
#include "demos/support/statistics.h"
#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

// A test measured with these medians, each within one per cent, on a machine
// that has a CPU for whoever works.
MeasuredTest measured(const bodies::Experiment& experiment,
                      std::vector<std::pair<std::string, double>> medians) {
  MeasuredTest test;
  test.experiment = experiment;
  test.world = worlds_of(Options{}, experiment).front();
  test.runs = 3;
  for (const auto& [model, seconds] : medians) {
    Row row;
    row.model = model;
    row.seconds = {
        .median = seconds, .low = seconds * 0.99, .high = seconds * 1.01};
    row.speed_up = medians.front().second / seconds;
    row.cpu_percent = 99;
    test.rows.push_back(std::move(row));
  }
  return test;
}

TEST(Verdict, SleepsCostTheirSumOrTheLongestOfThem) {
  EXPECT_EQ(verdict_of(measured(bodies::sleeps(), {{"single", 1.79},
                                                   {"processes", 0.9},
                                                   {"threads", 0.102},
                                                   {"threads_gil", 0.105},
                                                   {"async", 0.101}})),
            "VERDICT C-178 best is async, 17.7 times as fast as single "
            "(threads and threads_gil: within noise); one after another the "
            "waits cost 1.79 s "
            "(their sum is 1.78 s), together 0.10 s in threads, 0.10 s in "
            "threads_gil, 0.10 s in async (the longest is 0.10 s)");
}

TEST(Verdict, HeavyWorkShowsTheLock) {
  EXPECT_EQ(verdict_of(measured(
                bodies::heavy(),
                {{"single", 1.0}, {"threads", 0.5}, {"threads_gil", 1.02}})),
            "VERDICT C-181 best is threads, 2.00 times as fast as single; "
            "threads and threads_gil differ by 2.04: the flat column is the "
            "lock, not threads");
}

// On one CPU, or a busy machine.
TEST(Verdict, WhatWasNotSeenIsNotClaimed) {
  EXPECT_EQ(verdict_of(measured(
                bodies::heavy(),
                {{"single", 1.0}, {"threads", 1.01}, {"threads_gil", 1.1}})),
            "VERDICT C-181 best is single (threads: within noise); not seen in "
            "this run: threads and threads_gil differ by 1.09 only");
  EXPECT_EQ(verdict_of(measured(
                bodies::heavy(),
                {{"single", 1.01}, {"threads", 1.0}, {"threads_gil", 1.1}})),
            "VERDICT C-181 nobody wins: threads, whose median is shortest, is "
            "within noise of single; not seen in this run: threads and "
            "threads_gil differ by 1.10 only");
}

TEST(Verdict, ACostBelowTheNoiseIsNotGivenANumber) {
  EXPECT_EQ(verdict_of(measured(bodies::one_file(),
                                {{"single", 0.05}, {"async", 0.04}})),
            "VERDICT C-180 best is async, 1.25 times as fast as single; a "
            "letter goes into a buffer; nobody waits (single used 99 % of a "
            "CPU); what helpers cost is lost in the noise of this run");
}

TEST(Verdict, ReadingCsvGainsFromThreadsButNotUnderTheLock) {
  EXPECT_EQ(verdict_of(measured(
                bodies::csv_file(),
                {{"single", 0.2}, {"threads", 0.1}, {"threads_gil", 0.2}})),
            "VERDICT C-184 best is threads, 2.00 times as fast as single; "
            "reading CSV is work for the CPU (single used 99 % of a CPU); "
            "times as fast as single: threads 2.00, threads_gil 1.00 (within "
            "noise)");
}

TEST(Verdict, HelpersCostTimeForEveryStepOnAFile) {
  EXPECT_EQ(verdict_of(measured(
                bodies::many_files(),
                {{"single", 0.05}, {"threads", 0.08}, {"async", 0.35}})),
            "VERDICT C-182 best is single; local files make nobody wait "
            "(single used 99 % of a CPU); a thread for each costs 30 us a "
            "file; async pays for 6000 hops to a helper thread, 50 us each");
}

// A median that is 4.53 times shorter, of runs that overlap: no factor, no
// winner, and no cost that would come to nothing.
TEST(Verdict, RunsThatOverlapProveNoFactorAndNoCost) {
  MeasuredTest test = measured(bodies::many_files(), {{"single", 0.092},
                                                      {"processes", 0.0203},
                                                      {"threads", 0.087},
                                                      {"async", 0.118}});
  test.rows[0].seconds = {.median = 0.092, .low = 0.026, .high = 0.101};
  test.rows[1].seconds = {.median = 0.0203, .low = 0.018, .high = 0.103};
  test.rows[2].seconds = {.median = 0.087, .low = 0.076, .high = 0.127};
  test.rows[3].seconds = {.median = 0.118, .low = 0.074, .high = 0.122};
  EXPECT_EQ(verdict_of(test),
            "VERDICT C-182 nobody wins: processes, whose median is shortest, "
            "is within noise of single; local files make nobody wait (single "
            "used 99 % of a CPU); what a thread for each costs is lost in the "
            "noise of this run; what helpers cost is lost in the noise of this "
            "run");
}

// C-194
// I2 C-193
TEST(Verdict, OneRunNamesNoWinnerAndNoCost) {
  MeasuredTest heavy =
      measured(bodies::heavy(),
               {{"single", 1.0}, {"threads", 0.5}, {"threads_gil", 1.02}});
  heavy.runs = 1;
  EXPECT_EQ(verdict_of(heavy),
            "VERDICT C-181 one run names no winner; not seen in this run: "
            "threads and threads_gil differ by 2.04, one run");
  MeasuredTest files =
      measured(bodies::many_files(),
               {{"single", 0.05}, {"threads", 0.08}, {"async", 0.35}});
  files.runs = 1;
  EXPECT_TRUE(verdict_of(files).ends_with(
      "; what a thread for each costs cannot be told from one run; what "
      "helpers cost cannot be told from one run"))
      << verdict_of(files);
}

// I2 C-193: three runs may lie close together by chance.
TEST(Verdict, AGapBelowFivePerCentNamesNoWinner) {
  EXPECT_TRUE(
      verdict_of(
          measured(bodies::one_file(), {{"single", 1.0}, {"threads", 0.96}}))
          .starts_with("VERDICT C-180 nobody wins: threads, whose "
                       "median is shortest, is within noise of single"));
  EXPECT_TRUE(verdict_of(measured(bodies::one_file(),
                                  {{"single", 1.0}, {"threads", 0.95}}))
                  .starts_with("VERDICT C-180 best is threads, 1.05 times"));
}

// I2: a factor of two between medians, of runs that overlap.
TEST(Verdict, TheLockIsNotBlamedWhereRunsOverlap) {
  MeasuredTest test =
      measured(bodies::heavy(),
               {{"single", 1.0}, {"threads", 0.5}, {"threads_gil", 1.0}});
  test.rows[1].seconds.high = 1.2;
  EXPECT_TRUE(verdict_of(test).ends_with(
      "; not seen in this run: threads and threads_gil differ by 2.00, within "
      "noise"))
      << verdict_of(test);
}

// I2: where others have the CPU, nobody can say who would have waited.
TEST(Verdict, WithoutACpuForSingleNothingIsSaidAboutWork) {
  const std::vector<std::pair<bodies::Experiment, std::string>> claims = {
      {bodies::one_file(), "nobody waits"},
      {bodies::heavy(), "this is work for the CPU"},
      {bodies::many_files(), "local files make nobody wait"},
      {bodies::csv_file(), "reading CSV is work for the CPU"}};
  for (const auto& [experiment, claim] : claims) {
    MeasuredTest test = measured(experiment, {{"single", 1.0}});
    EXPECT_TRUE(verdict_of(test).ends_with("; " + claim +
                                           " (single used 99 % of a CPU)"))
        << verdict_of(test);
    test.rows[0].cpu_percent = 51;
    EXPECT_TRUE(verdict_of(test).ends_with("; not judged: that " + claim +
                                           " (single used 51 % of a CPU)"))
        << verdict_of(test);
  }
}

TEST(Verdict, ModelsMeetAtTheServersLimitOnlyIfTheyEndTogether) {
  MeasuredTest test =
      measured(bodies::api_to_file(),
               {{"single", 44.0}, {"threads", 9.8}, {"threads_gil", 9.81}});
  test.world.sizes.api_rate = 10.6;
  EXPECT_TRUE(
      verdict_of(test).ends_with(": the server's limit is where they meet"))
      << verdict_of(test);
  test.rows[2].seconds = {.median = 12, .low = 11.9, .high = 12.1};
  EXPECT_EQ(verdict_of(test).find("meet"), std::string::npos)
      << verdict_of(test);
}

TEST(Verdict, ASmallCostKeepsTwoDigits) {
  EXPECT_TRUE(verdict_of(measured(bodies::one_file(),
                                  {{"single", 0.001}, {"async", 0.057}}))
                  .ends_with("async pays for 17852 hops to a helper thread, "
                             "3.1 us each"));
}

// --pool and --limit: five at a time cannot be as quick as the longest wait.
TEST(Verdict, WaitsThatMayNotAllOverlapAreJudgedByThat) {
  MeasuredTest test = measured(
      bodies::sleeps(), {{"single", 1.79}, {"threads", 0.37}, {"async", 0.18}});
  test.pool = 5;
  test.limit = 13;
  EXPECT_EQ(verdict_of(test),
            "VERDICT C-178 best is async, 9.94 times as fast as single; one "
            "after another the waits cost 1.79 s (their sum is 1.78 s), "
            "together 0.37 s in threads (5 at a time: at least 0.36 s), 0.18 s "
            "in async (13 at a time: at least 0.14 s) (the longest is 0.10 s)");
  test.pool = 26;
  test.limit = 0;
  EXPECT_EQ(verdict_of(test).find("at a time"), std::string::npos);
}

TEST(Verdict, ThreadsInAPoolAreJudgedByItsSize) {
  MeasuredTest heavy =
      measured(bodies::heavy(),
               {{"single", 1.0}, {"threads", 1.01}, {"threads_gil", 1.02}});
  heavy.pool = 1;
  EXPECT_TRUE(verdict_of(heavy).ends_with(
      "not seen in this run: threads and threads_gil differ by 1.01 only (1 at "
      "a time)"))
      << verdict_of(heavy);
  MeasuredTest files =
      measured(bodies::many_files(), {{"single", 0.05}, {"threads", 0.08}});
  files.pool = 4;
  EXPECT_TRUE(
      verdict_of(files).ends_with("; a pool of 4 threads costs 30 us a file"))
      << verdict_of(files);
}

TEST(Verdict, ModelsThatWereNotChosenAreNotSpokenOf) {
  for (const bodies::Experiment& experiment : bodies::experiments()) {
    const std::string text = verdict_of(measured(experiment, {{"single", 1}}));
    EXPECT_TRUE(text.starts_with(
        "VERDICT " + std::string(experiment.concept_id) + " best is single; "))
        << text;
    EXPECT_EQ(text.find("threads"), std::string::npos) << text;
    EXPECT_EQ(text.find("async"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace demos::matrix
