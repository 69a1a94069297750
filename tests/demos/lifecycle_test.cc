// demos/lifecycle as a program: the simulated life byte by byte, the live ones
// by shape.
#include <signal.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "demos/support/eventually.h"
#include "gtest/gtest.h"
#include "os/proc.h"
#include "tests/demos/program.h"

namespace tests {
namespace {

std::string output_of(const std::vector<std::string>& flags) {
  Program program("demos/lifecycle", flags);
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  return program.output;
}

bool has(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex(pattern));
}

// [C-022]
TEST(Lifecycle, EveryMoveOfTheSimulatedKernelHasATimeAndAReason) {
  std::ifstream golden("tests/demos/golden/lifecycle.txt");
  const std::string expected(std::istreambuf_iterator<char>(golden), {});
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(output_of({}), expected);
}

// [C-023] Each child is waited for until it is in its state.
TEST(Lifecycle, LiveProcessesShowTheirLetters) {
  const std::string output = output_of({"--real"});
  EXPECT_TRUE(has(output, "\nspinner +R ")) << output;
  EXPECT_TRUE(has(output, "\nsleeper +[RS]+ ")) << output;
  EXPECT_TRUE(has(output, "\nwaits for vfork +D ")) << output;
  EXPECT_TRUE(has(output, "\nstopped +T ")) << output;
  EXPECT_TRUE(has(output, "\nended +Z ")) << output;
  EXPECT_TRUE(has(output, "\nVERDICT C-023 imprecise")) << output;
}

// [C-052] Two spinners share a CPU, so the system has to part them.
TEST(Lifecycle, TheSleeperLeavesByItselfAndTheSpinnerIsMadeTo) {
  EXPECT_TRUE(has(output_of({"--real"}),
                  "VERDICT C-052 imprecise: the sleeper left the CPU "
                  "[1-9][0-9]* times by itself, the spinner was pre-empted "
                  "[1-9][0-9]* times"));
}

// [C-020]
TEST(Lifecycle, OneFileBecomesTwoProcesses) {
  const std::string output = output_of({"--exec"});
  std::smatch row;
  ASSERT_TRUE(std::regex_search(
      output, row, std::regex("\n(/\\S+) +(\\d+) .*\n(/\\S+) +(\\d+) ")));
  EXPECT_EQ(row[1], row[3]);
  EXPECT_NE(row[2], row[4]);
  EXPECT_TRUE(has(output, "\nVERDICT C-020 true")) << output;
}

// [C-213]
TEST(Lifecycle, AProcessStandsBetweenItsInputAndItsOutput) {
  const std::string output = output_of({"--io"});
  EXPECT_TRUE(has(output, "\n  0 -> pipe:.*\n  1 -> pipe:")) << output;
  EXPECT_TRUE(
      has(output, "\nVERDICT C-213 hello --> \\[process \\d+\\] --> HELLO\n"))
      << output;
}

// By SIGKILL, so that nothing of the demo itself can clean up: the system ends
// its children, and theirs.
TEST(Lifecycle, EvenAKilledOneLeavesNoOrphan) {
  Program program("demos/lifecycle", {"--real"});
  std::vector<pid_t> family;
  ASSERT_TRUE(demos::support::eventually([&] {
    family = os::tree_of(program.pid());
    return family.size() == 8;  // six, and the child of one of them
  }));
  kill(program.pid(), SIGKILL);
  EXPECT_EQ(program.wait(), -SIGKILL);
  for (const pid_t pid : family) {
    EXPECT_TRUE(demos::support::eventually([&] {
      const auto status = os::read_status(pid);
      return !status || status->state == 'Z';
    })) << pid;
  }
}

TEST(Lifecycle, AWrongFlagIsOneLineAndExitCodeTwo) {
  Program program("demos/lifecycle", {"--live"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.error,
            "lifecycle: --live: no such flag; accepted: --help, --real, "
            "--exec, --io\n");
}

}  // namespace
}  // namespace tests
