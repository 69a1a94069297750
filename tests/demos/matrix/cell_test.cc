#include "demos/matrix/cell.h"

#include <signal.h>

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/runners/runner.h"
#include "demos/support/machine.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace demos::matrix {
namespace {

using bodies::Body;
using bodies::World;

runners::Job job_for(const bodies::Experiment& experiment) {
  runners::Job job;
  job.experiment = &experiment;
  job.world.sizes.sleep_unit = scheduler::seconds(0.001);
  job.world.items = 5;
  return job;
}

const runners::Model kSingle = {"single", runners::run_single};

std::string refusal(const bodies::Experiment& experiment) {
  const support::ScratchFolder folder;
  try {
    run_cell(kSingle, job_for(experiment), folder.path());
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    return error.what();
  }
  return "no error";
}

TEST(Cell, MeasuresTheWorkAndBringsItsValuesBack) {
  const support::ScratchFolder folder;
  const bodies::Experiment experiment = bodies::sleeps();
  const Cell cell = run_cell(kSingle, job_for(experiment), folder.path());
  EXPECT_EQ(cell.outcome.values.size(), 5u);
  int units = 0;
  for (int i = 0; i < 5; ++i) {
    units += bodies::delay_units(i);
  }
  EXPECT_GE(cell.seconds, 0.001 * units);
  EXPECT_LT(cell.cpu_seconds, cell.seconds);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

Body busy_body(World, int) {
  const auto end = support::thread_cpu_time() + scheduler::seconds(0.03);
  while (support::thread_cpu_time() < end) {
  }
  co_return 0;
}

std::string unchecked(const World&, std::span<const bodies::Value>) {
  return "";
}

// The same stretch for both, or short work would seem to be half idle: birth,
// report and death of the child cost time as well.
TEST(Cell, CpuTimeAndTimeAreThoseOfTheSameStretch) {
  const support::ScratchFolder folder;
  bodies::Experiment experiment = bodies::sleeps();
  experiment.body = busy_body;
  experiment.check = unchecked;
  const Cell cell = run_cell(kSingle, job_for(experiment), folder.path());
  EXPECT_GE(cell.cpu_seconds, 5 * 0.03);
  EXPECT_LE(cell.cpu_seconds, cell.seconds);
}

Body dying_body(World, int) {
  raise(SIGKILL);
  co_return 0;
}

TEST(Cell, ADeadChildIsToldByTestModelAndSignal) {
  bodies::Experiment experiment = bodies::sleeps();
  experiment.body = dying_body;
  EXPECT_EQ(refusal(experiment),
            "TEST 1 single: the child was ended by signal 9");
}

Body hasty_body(World, int) {
  co_return 0;
}

// I1
TEST(Cell, AResultThatDoesNotHoldIsNoResult) {
  bodies::Experiment experiment = bodies::sleeps();
  experiment.body = hasty_body;
  EXPECT_EQ(refusal(experiment), "TEST 1 single: a sleeper woke early");
}

TEST(Cell, AnEmptyOneHasOneProcessAndSomeMemory) {
  const support::Usage usage = empty_cell();
  EXPECT_EQ(usage.processes, 1);
  EXPECT_GE(usage.threads, 1);  // a sanitizer has one of its own
  EXPECT_GT(usage.memory_bytes, 0);
}

TEST(Cell, BirthAndDeathOfAnEmptyOneTakeTime) {
  const support::Spread seconds = seconds_of_empty_cells();
  EXPECT_GT(seconds.low, 0);
  EXPECT_GE(seconds.high, seconds.low);
}

}  // namespace
}  // namespace demos::matrix
