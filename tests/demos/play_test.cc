// The game as a learner plays it: from a pipe, where the whole of what it says
// is exact, and on a terminal, which must be left as it was found.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/unique_fd.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

// What the game says to these keys, typed into a pipe.
std::string played(const std::string& keys, int level = 1) {
  tests::Program program(
      "/bin/sh", {"-c", "printf %s '" + keys +
                            "' | demos/play --level=" + std::to_string(level)});
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  return program.output;
}

void expect_line(const std::string& output, const std::string& line) {
  EXPECT_NE(output.find("\n" + line + "\n"), std::string::npos)
      << "no " << line << " in\n"
      << output;
}

// C-038
TEST(Play, AnUpdateIsLostIfBothLoadBeforeEitherStores) {
  const std::string output = played("12?111222");
  expect_line(output, "A: LOAD_GLOBAL x");
  expect_line(output, "from here 20 of 20 schedules break it");
  expect_line(output, "A: STORE_GLOBAL x   x=1");
  expect_line(output, "-> x=1, broken");
  expect_line(output,
              "VERDICT C-038 found: level 1: 68 of 70 schedules break it; "
              "yours after 8 steps: x=1, broken");
}

TEST(Play, OneAfterTheOtherIsAsItShouldBe) {
  const std::string output = played("1111?2222");
  expect_line(output, "from here 0 of 1 schedules break it");
  expect_line(output, "-> x=2, as it should");
}

TEST(Play, TheStateStandsUnderEachStep) {
  const std::string output = played("11");
  EXPECT_NE(output.find("A: LOAD_CONST 1\n"
                        "key  thread           next  stack\n"
                        "1         A     BINARY_ADD    0 1\n"
                        "2         B  LOAD_GLOBAL x      -\n"
                        "x=0  m: free\n"),
            std::string::npos)
      << output;
  expect_line(output,
              "VERDICT C-038 found: level 1: 68 of 70 schedules break it; "
              "yours after 2 steps: not at its end");
}

TEST(Play, AStepIsTakenBackAndTheCountWithIt) {
  const std::string output = played("u11111u?");
  expect_line(output, "nothing to undo");
  expect_line(output, "A cannot go on: (ended)");
  expect_line(output, "undone: 3 steps so far");
  // B may come before the store, at any of four places, or after it.
  expect_line(output, "from here 4 of 5 schedules break it");
}

// Whoever does what the hints say breaks what can be broken.
TEST(Play, HintsLeadToTheErrorFromWhereverItCanStillHappen) {
  for (const int level : {1, 3, 4, 6}) {
    std::string keys = "h";
    std::string output;
    for (int steps = 0; steps < 30; ++steps) {
      output = played(keys, level);
      const size_t hint = output.rfind("hint: ") + 6;
      if (output.compare(hint, 12, "it is broken") == 0) {
        break;
      }
      keys += std::string(1, output[hint]) + "h";
    }
    EXPECT_NE(output.find("hint: it is broken"), std::string::npos) << level;
    EXPECT_NE(output.rfind(", broken\n"), std::string::npos) << level;
  }
}

TEST(Play, LevelsThatCannotBeBrokenSaySo) {
  for (const int level : {2, 5, 7}) {
    const std::string output = played("h", level);
    expect_line(output, "hint: from here no schedule breaks it");
    EXPECT_NE(output.find(": 0 of "), std::string::npos) << output;
  }
}

TEST(Play, ADeadlockNamesWhoWaitsForWhom) {
  const std::string output = played("121", 6);
  expect_line(output, "A cannot go on: ACQUIRE b (waits)");
  expect_line(output,
              "-> deadlock: A waits for b, which B has; B waits for a, which A "
              "has, broken");
}

TEST(Play, AKeyThatMeansNothingIsAnsweredAndTheGameGoesOn) {
  const std::string output = played("x3\n1q1");
  EXPECT_NE(output.find("no such key; keys: 1 to 2 step"), std::string::npos);
  EXPECT_NE(output.find("yours after 1 steps"), std::string::npos) << output;
}

class PlayOnATerminal : public testing::Test {
 protected:
  PlayOnATerminal() {
    EXPECT_EQ(grantpt(master_.get()), 0);
    EXPECT_EQ(unlockpt(master_.get()), 0);
    // Kept open, or the terminal would hang up between two users.
    terminal_ = os::UniqueFd(
        open(ptsname(master_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }

  std::string command() const {
    return std::string("exec demos/play < ") + ptsname(master_.get());
  }
  void type(const std::string& keys) {
    os::write_all(master_.get(), os::bytes_of(keys));
  }
  // Lines, echo and Ctrl-Z, which the game switches off.
  bool is_as_a_shell_leaves_it() const {
    termios now{};
    EXPECT_EQ(tcgetattr(terminal_.get(), &now), 0);
    return (now.c_lflag & ICANON) != 0 && (now.c_lflag & ECHO) != 0 &&
           now.c_cc[VSUSP] != _POSIX_VDISABLE;
  }

  const os::UniqueFd master_{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  os::UniqueFd terminal_;
};

TEST_F(PlayOnATerminal, AKeyCountsAtOnceAndTheTerminalIsGivenBack) {
  ASSERT_TRUE(is_as_a_shell_leaves_it());
  tests::Program program("/bin/sh", {"-c", command()});
  ASSERT_TRUE(program.wait_for_output("x=0"));
  EXPECT_FALSE(is_as_a_shell_leaves_it());
  type("1");  // and no line end
  EXPECT_TRUE(program.wait_for_output("A: LOAD_GLOBAL x"));
  type("q");
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_TRUE(is_as_a_shell_leaves_it());
}

TEST_F(PlayOnATerminal, CtrlDEndsTheGame) {
  tests::Program program("/bin/sh", {"-c", command()});
  ASSERT_TRUE(program.wait_for_output("x=0"));
  type("\x04");
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_TRUE(is_as_a_shell_leaves_it());
}

TEST_F(PlayOnATerminal, ASignalEndsItAndTheTerminalIsGivenBack) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    tests::Program program("/bin/sh", {"-c", command()});
    ASSERT_TRUE(program.wait_for_output("x=0"));
    kill(program.pid(), signal);
    EXPECT_EQ(program.wait(), 128 + signal);
    EXPECT_EQ(program.error, "play: interrupted, all cleaned up\n");
    EXPECT_TRUE(is_as_a_shell_leaves_it()) << signal;
  }
}

TEST_F(PlayOnATerminal, AReaderWhoHasGoneDoesNotKeepTheTerminal) {
  os::Pipe screen = os::make_pipe();
  tests::Program program("/bin/sh", {"-c", command()}, testing::TempDir(),
                         screen.writer.get());
  screen.writer.reset();
  std::string seen;
  std::array<std::byte, 4096> buffer;
  while (seen.find("x=0") == std::string::npos) {
    const size_t count = os::read_some(screen.reader.get(), buffer).value_or(0);
    ASSERT_GT(count, 0u);
    seen.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  screen.reader.reset();
  type("1");
  EXPECT_EQ(program.wait(), 1);
  EXPECT_TRUE(is_as_a_shell_leaves_it());
}

}  // namespace
}  // namespace demos
