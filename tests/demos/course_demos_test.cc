// Metaphors, helpers and rulers: demos of the last lessons.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

using tests::masked;
using tests::output_of;

// C-148 C-207 C-208 C-209 C-210 C-211 C-212 C-222
TEST(KitchenDemo, PrintsTheSameChartsEachTime) {
  EXPECT_EQ(output_of("demos/kitchen"), tests::golden("kitchen.txt"));
}

// C-148: what one shovel cannot show is not claimed.
TEST(KitchenDemo, WithOneShovelTwoShapesAreNotTold) {
  EXPECT_NE(output_of("demos/kitchen", {"--scene=pool", "--shovels=1"})
                .find("VERDICT C-148 not shown: "),
            std::string::npos);
}

// C-187
TEST(MakeDataDemo, MakesTheSameBytesFromTheSameSeedAndCleansUp) {
  const support::ScratchFolder folder;
  const auto made = [&](const char* seed) {
    const std::string where = "--folder=" + folder.path();
    output_of("demos/make_data", {"--rows=40", seed, where});
    std::string bytes;
    for (const char* const name : {"/waits.txt", "/data.csv"}) {
      std::ifstream file(folder.path() + name);
      EXPECT_TRUE(file) << name;
      bytes += {std::istreambuf_iterator<char>(file), {}};
    }
    EXPECT_EQ(output_of("demos/make_data", {where, "--remove"}),
              "2 files removed\n");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    return bytes;
  };
  const std::string seven = made("--seed=7");
  EXPECT_EQ(made("--seed=7"), seven);
  EXPECT_NE(made("--seed=8"), seven);
}

// C-187
TEST(MakeDataDemo, TouchesNoFileThatItDidNotMake) {
  for (const char* const name : {"/waits.txt", "/data.csv"}) {
    const support::ScratchFolder folder;
    const std::string where = "--folder=" + folder.path();
    const std::string path = folder.path() + name;
    std::ofstream(path) << "mine\n";
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--rows=40", where}, {where, "--remove"}}) {
      tests::Program program("demos/make_data", arguments);
      EXPECT_EQ(program.wait(), 1);
      EXPECT_EQ(program.output, "");
      EXPECT_EQ(program.error, "make_data: " + path +
                                   " was not made here: it stays as it is\n");
    }
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "mine\n");
    const auto left = std::filesystem::directory_iterator(folder.path());
    EXPECT_EQ(std::distance(begin(left), end(left)), 1);
  }
}

// C-187
TEST(MakeDataDemo, RefusesToRemoveFromNowhere) {
  tests::Program program("demos/make_data", {"--remove"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(
      program.error,
      "make_data: --remove needs a folder; accepted: --folder=DIR beside it\n");
}

// C-187
TEST(MakeDataDemo, WithoutAFolderNothingIsLeft) {
  const support::ScratchFolder temporary;
  tests::Program program("demos/make_data", {"--rows=100"}, temporary.path());
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_NE(program.output.find("VERDICT C-187 found: 26 waits; 100 rows and a "
                                "heading read back"),
            std::string::npos)
      << program.output;
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

// C-189
TEST(MeasureLiesDemo, AClockThatIsSetBackGivesNegativeTime) {
  const std::string output = output_of("demos/measure_lies", {"--clock"});
  EXPECT_LT(tests::number_in(output, "wall clock says (-[0-9.]+) s"), -3599);
  EXPECT_GE(tests::number_in(output, "monotonic one ([0-9.]+) s"), 0.05);
}

// C-192: sizes differ from run to run, and more so under a sanitizer.
TEST(MeasureLiesDemo, TheTracerSeesTheParentOnly) {
  const std::string output = output_of("demos/measure_lies", {"--memory"});
  EXPECT_EQ(tests::number_in(output, "the tracer sees ([0-9.]+);"), 20);
  EXPECT_EQ(tests::number_in(output, "of ([0-9.]+) MB in 5 processes"), 60);
  EXPECT_EQ(masked(output.substr(output.rfind("; small"))),
            "; small allocations take N times as long under the tracer\n");
}

}  // namespace
}  // namespace demos
