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

// A test measured with these medians, each within one per cent.
MeasuredTest measured(const bodies::Experiment& experiment,
                      std::vector<std::pair<std::string, double>> medians) {
  MeasuredTest test;
  test.experiment = experiment;
  test.world = world_of(Options{}, experiment);
  test.runs = 3;
  for (const auto& [model, seconds] : medians) {
    Row row;
    row.model = model;
    row.seconds = {
        .median = seconds, .low = seconds * 0.99, .high = seconds * 1.01};
    row.speed_up = medians.front().second / seconds;
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
            "(threads: within noise); one after another the waits cost 1.79 s "
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
            "VERDICT C-181 nobody wins, the best (threads, 1.01 times as fast) "
            "is within the noise of single; not seen in this run: threads and "
            "threads_gil differ by 1.10 only");
}

TEST(Verdict, ACostBelowTheNoiseIsNotGivenANumber) {
  EXPECT_EQ(verdict_of(measured(bodies::one_file(),
                                {{"single", 0.05}, {"async", 0.04}})),
            "VERDICT C-180 best is async, 1.25 times as fast as single; a "
            "letter goes into a buffer, and nobody waits; what helpers cost is "
            "lost in the noise of this run");
}

TEST(Verdict, ReadingCsvGainsFromThreadsButNotUnderTheLock) {
  EXPECT_EQ(verdict_of(measured(
                bodies::csv_file(),
                {{"single", 0.2}, {"threads", 0.1}, {"threads_gil", 0.2}})),
            "VERDICT C-184 best is threads, 2.00 times as fast as single; "
            "reading CSV is work for the CPU, threads 2.00, threads_gil 1.00");
}

TEST(Verdict, HelpersCostTimeForEveryStepOnAFile) {
  EXPECT_EQ(verdict_of(measured(
                bodies::many_files(),
                {{"single", 0.05}, {"threads", 0.08}, {"async", 0.35}})),
            "VERDICT C-182 best is single; local files make nobody wait; a "
            "thread for each costs 30 us; async pays for 6000 hops to a helper "
            "thread, 50 us each");
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
