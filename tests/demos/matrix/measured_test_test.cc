#include "demos/matrix/measured_test.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/matrix/options.h"
#include "demos/support/meter.h"
#include "demos/support/report.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"

namespace demos::matrix {
namespace {

using bodies::Body;
using bodies::World;

std::string folder;  // cells are forked and inherit it

// Leaves a letter for each time that it ran, in whatever process.
Body counted_body(World, int) {
  std::ofstream(folder + "/runs", std::ios::app) << 'x';
  co_return 1;
}

std::string unchecked(const World&, std::span<const bodies::Value>) {
  return "";
}

MeasuredTest measure(const std::string& html) {
  Options options;
  options.models = {"single", "processes"};
  options.runs = 2;
  options.html = html;
  bodies::Experiment experiment = bodies::sleeps();
  experiment.body = counted_body;
  experiment.check = unchecked;
  World world;
  world.items = 1;
  support::Progress silent(STDERR_FILENO);
  return run_test(options, experiment, world, folder, {}, silent);
}

uintmax_t runs() {
  return std::filesystem::file_size(folder + "/runs");
}

TEST(MeasuredTest, RunsEachModelAsOftenAsAskedAndRecordsNothing) {
  const support::ScratchFolder scratch;
  folder = scratch.path();
  const MeasuredTest test = measure("");
  EXPECT_EQ(runs(), 4u);
  ASSERT_EQ(test.rows.size(), 2u);
  EXPECT_EQ(test.rows[0].model, "single");  // I1
  for (const Row& row : test.rows) {
    EXPECT_TRUE(row.events.empty());
    EXPECT_LE(row.seconds.low, row.seconds.median);
  }
}

// Recording takes time, so what is drawn is not what was measured.
TEST(MeasuredTest, PicturesComeFromARunOfTheirOwn) {
  const support::ScratchFolder scratch;
  folder = scratch.path();
  const MeasuredTest test = measure("page.html");
  EXPECT_EQ(runs(), 6u);
  for (const Row& row : test.rows) {
    ASSERT_EQ(row.events.size(), 1u);
    EXPECT_FALSE(row.events.front().empty());
  }
}

}  // namespace
}  // namespace demos::matrix
