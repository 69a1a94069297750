// The demo as a program: who is cheaper than whom, never by how much.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kMany = "demos/many_waiters";

// C-105 C-113 C-116
TEST(ManyWaitersDemo, ATaskCostsLessThanAThreadAndAThreadLessThanAProcess) {
  const std::string output = tests::output_of(
      kMany, {"--tasks=10000", "--threads=100", "--processes=10"});
  EXPECT_NE(output.find("VERDICT C-105 true: 10000 tasks, 1 thread\n"),
            std::string::npos)
      << output;
  const double task = tests::number_in(output, "tasks +10000 +(\\d+)");
  const double thread = tests::number_in(output, "threads +100 +(\\d+)");
  const double process = tests::number_in(output, "processes +10 +(\\d+)");
  EXPECT_LT(task, thread);
  EXPECT_LT(thread, process);
  EXPECT_NE(output.find("VERDICT C-113 true: "), std::string::npos);
  EXPECT_NE(output.find("VERDICT C-116 imprecise: "), std::string::npos);
}

TEST(ManyWaitersDemo, OneModelAloneSaysOnlyWhatItHasSeen) {
  const std::string output =
      tests::output_of(kMany, {"--model=processes", "--processes=2"});
  EXPECT_EQ(output.find("VERDICT"), std::string::npos) << output;
}

TEST(ManyWaitersDemo, AVirtualClockIsRefusedWithTheReason) {
  tests::Program program(kMany, {"--clock=virtual"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "many_waiters: --clock=virtual: accepted: real; memory and making "
            "are measured, and nobody here waits for a clock\n");
}

}  // namespace
}  // namespace demos
