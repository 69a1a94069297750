// The demo as a program: exact in virtual time, its shape in real time.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kInside = "demos/loop_inside";

// C-076 C-082 C-117
TEST(LoopInsideDemo, InVirtualTimeEachTurnIsAsTheLessonShowsIt) {
  EXPECT_EQ(tests::output_of(kInside), tests::golden("loop_inside.txt"));
}

// C-064 C-080 C-081 C-083 C-086 C-119 C-123
TEST(LoopInsideDemo, TasksMarksClicksAndThreeWaysAreExact) {
  EXPECT_EQ(tests::output_of(kInside, {"--tasks", "--marks", "--click=abxa",
                                       "--same-three-ways"}),
            tests::golden("loop_inside_rest.txt"));
}

// C-079: who is asked makes no difference, not even to the number of turns.
TEST(LoopInsideDemo, ByTheVirtualClockEveryPollerShowsTheSameTurns) {
  const std::string turns = tests::golden("loop_inside.txt");
  for (const std::string poller : {"epoll", "poll", "virtual"}) {
    EXPECT_EQ(
        tests::output_of(kInside, {"--poller=" + poller, "--clock=virtual"}),
        poller + turns.substr(turns.find('\n')));
  }
}

// C-079: in real time a busy machine may let two timers meet, so the order
// itself is the business of tests/loop, in which each suite runs over each
// poller.
TEST(LoopInsideDemo, EachPollerIsShownAndComparedWithTheOthers) {
  const std::string output =
      tests::output_of(kInside, {"--turns=2", "--poller=epoll,poll,virtual"});
  for (const char* poller : {"epoll\n", "poll\n", "virtual\n"}) {
    EXPECT_NE(output.find(poller), std::string::npos) << output;
  }
  EXPECT_NE(output.find("VERDICT C-079 found: over epoll poll virtual "),
            std::string::npos)
      << output;
}

// What was asked for is done or refused, never replaced.
TEST(LoopInsideDemo, AVirtualPollerHasNoRealClock) {
  for (const std::string pollers : {"virtual", "virtual,epoll"}) {
    tests::Program program(
        kInside, {"--poller=" + pollers, "--clock=real", "--turns=1"});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_EQ(program.output, "");
    EXPECT_EQ(program.error,
              "loop_inside: --poller=virtual has no real clock; accepted with "
              "--clock=real: epoll, poll\n");
  }
}

TEST(LoopInsideDemo, HelpSaysWhichClockEachModeHas) {
  const std::string help = tests::output_of(kInside, {"--help"});
  EXPECT_NE(help.find("virtual, or epoll by the real clock"), std::string::npos)
      << help;
  EXPECT_NE(help.find("real for epoll and poll, else virtual"),
            std::string::npos)
      << help;
}

TEST(LoopInsideDemo, ByTheRealClockTheDefaultPollerIsEpoll) {
  const std::string output =
      tests::output_of(kInside, {"--clock=real", "--turns=1"});
  EXPECT_TRUE(output.starts_with("epoll\n")) << output;
}

// Not the tasks, which are looked at between two timers: a busy machine may be
// late there.
TEST(LoopInsideDemo, MarksClicksAndThreeWaysAreTheSameByTheRealClock) {
  std::vector<std::string> flags = {"--marks", "--click=abxa",
                                    "--same-three-ways"};
  const std::string exact = tests::output_of(kInside, flags);
  flags.push_back("--clock=real");
  EXPECT_EQ(tests::masked(tests::output_of(kInside, flags)),
            tests::masked(exact));
}

}  // namespace
}  // namespace demos
