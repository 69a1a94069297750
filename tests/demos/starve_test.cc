// The demo as a program: exact in virtual time, its shape in real time.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kStarve = "demos/starve";

// C-118 C-121
TEST(StarveDemo, InVirtualTimeEachTimerIsLateByExactlyWhatIsLeft) {
  EXPECT_EQ(tests::output_of(kStarve), tests::golden("starve.txt"));
}

// C-121: a timer that became due during the computation cannot be sooner.
TEST(StarveDemo, InRealTimeNoTimerRunsBeforeTheComputationEnds) {
  const std::string output =
      tests::output_of(kStarve, {"--clock=real", "--burn=100"});
  EXPECT_GE(tests::number_in(output, "10\\.4 +(\\S+)"), 89.6);
  EXPECT_EQ(tests::number_in(output, "looked at the task: (\\d+), with"), 0);
  EXPECT_GT(tests::number_in(output, "with yields (\\d+)"), 0);
}

// C-118
TEST(StarveDemo, WithoutTheWatchNobodyNamesTheCulprit) {
  const std::string loud = tests::output_of(kStarve);
  EXPECT_NE(loud.find("reported afterwards: task 'burn': burn held the loop "
                      "for 0.500000 s\n"),
            std::string::npos)
      << loud;
  const std::string silent = tests::output_of(kStarve, {"--silent"});
  EXPECT_EQ(silent.find("reported afterwards"), std::string::npos) << silent;
  EXPECT_NE(silent.find("after the fact: 0\n"), std::string::npos) << silent;
}

}  // namespace
}  // namespace demos
