// The demos that make processes: what they print, and what they refuse.
#include <string>
#include <vector>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

std::string output_of(const std::string& demo,
                      const std::vector<std::string>& arguments = {}) {
  tests::Program program("demos/" + demo, arguments);
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  return program.output;
}

void expect_text(const std::string& output, const std::string& text) {
  EXPECT_NE(output.find(text), std::string::npos) << "no " << text << " in\n"
                                                  << output;
}

void expect_refusal(const std::string& demo, const std::string& argument,
                    const std::string& sentence) {
  tests::Program program("demos/" + demo, {argument});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.output, "");
  EXPECT_EQ(program.error, demo + ": " + argument + ": " + sentence + "\n");
}

// The number that follows `text`.
double number_behind(const std::string& output, const std::string& text) {
  const size_t at = output.find(text);
  if (at == std::string::npos) {
    ADD_FAILURE() << "no " << text << " in\n" << output;
    return -1;
  }
  return std::stod(output.substr(at + text.size()));
}

// C-138: one body for both classes.
template <class Runner>
class Runners : public testing::Test {};
struct RunnerNames {
  template <class Runner>
  static std::string GetName(int) {
    return std::is_same_v<Runner, ipc::Process> ? "Process" : "Thread";
  }
};
using BothRunners = testing::Types<ipc::Process, gil_sim::Thread>;
TYPED_TEST_SUITE(Runners, BothRunners, RunnerNames);

TYPED_TEST(Runners, AreMadeStartedAndJoinedAlike) {
  auto [ours, theirs] = ipc::make_pipe(false);
  TypeParam runner([](ipc::Connection to_us,
                      std::string name) { to_us.send("hello " + name); },
                   std::move(theirs), std::string("bob"));
  EXPECT_FALSE(runner.is_alive());
  runner.set_daemon(true);
  EXPECT_TRUE(runner.daemon());
  runner.set_name("greeter");
  EXPECT_EQ(runner.name(), "greeter");
  runner.start();
  EXPECT_EQ(ours.template recv<std::string>(), "hello bob");
  runner.join();
  EXPECT_FALSE(runner.is_alive());
}

// C-139 C-140
TEST(ProcessHelloDemo, GreetsByNameHoweverTheProcessBegan) {
  const std::string output = output_of("process_hello", {"ann"});
  EXPECT_TRUE(output.starts_with(
      "thread: hello ann\nfork: hello ann\nspawn: hello ann\n"))
      << output;
  expect_text(output,
              "VERDICT C-139 found: hello ann; exit status fork 0, "
              "spawn 0\n");
  expect_text(output,
              "VERDICT C-140 true: main() began again in the forked process: "
              "no, in the spawned one: yes; without the guard it began 3 "
              "times, where 3 were allowed\n");
}

TEST(ProcessHelloDemo, SaysOnlyWhatItHasSeen) {
  const std::string output = output_of("process_hello", {"--start=fork"});
  expect_text(output, "VERDICT C-139 found: hello bob; exit status fork 0\n");
  EXPECT_EQ(output.find("C-138"), std::string::npos) << output;
  EXPECT_EQ(output.find("C-140"), std::string::npos) << output;
}

// C-140
TEST(ProcessHelloDemo, WithoutTheGuardOnlyTheDemosLimitEndsIt) {
  const std::string output = output_of(
      "process_hello", {"--start=spawn", "--unguarded=6", "--verbose"});
  expect_text(output, "without the guard: main() began 6 times");
  size_t lines = 0;
  for (size_t at = 0; (at = output.find("  main() begins in process ", at)) !=
                      std::string::npos;
       ++at) {
    ++lines;
  }
  EXPECT_EQ(lines, 6u);
}

// C-142
TEST(PoolMapDemo, SquaresThreeValuesWhileTwoOfFiveWorkersAreIdle) {
  const std::string output =
      output_of("pool_map", {"--work=square", "--workers=5", "1", "2", "3"});
  EXPECT_TRUE(output.starts_with("[1, 4, 9]\n")) << output;
  expect_text(output,
              "VERDICT C-142 found: [1, 4, 9]; of 5 workers 3 had "
              "something to do; left after the scope: 0\n");
  expect_text(output, "worker 5 |......");
}

TEST(PoolMapDemo, TakesAnyWholeNumbersAndNothingElse) {
  expect_text(output_of("pool_map", {"--work=square", "-3", "0"}), "[9, 0]\n");
  expect_refusal("pool_map", "x",
                 "accepted: whole numbers from -1000000 to 1000000");
  expect_refusal("pool_map", "--chunks=auto,0",
                 "accepted: whole numbers from 1 to 26");
}

// C-141 C-143. What the rule comes to is exact; what is measured is not less.
TEST(PoolMapDemo, LargeChunksShareOutUnevenly) {
  const std::string output =
      output_of("pool_map", {"--work=sleep", "--workers=8", "--chunks=auto,8"});
  expect_text(output,
              "VERDICT C-141 true: results in the order of the list: yes; ");
  const std::string found =
      "VERDICT C-143 found: 26 uneven waits, 8 workers, units by chunks: auto "
      "27 (measured ";
  EXPECT_GE(number_behind(output, found), 22);  // the sum over the workers
  EXPECT_GE(number_behind(output, "), 8 "), 2 * 27);
}

// C-126. How many times is for a quiet machine to say.
TEST(PoolMapDemo, MeasuresWorkByProcesses) {
  const std::string output = output_of("pool_map", {"--work=burn"});
  EXPECT_GT(number_behind(output, "work for the CPU is done "), 0.9);
}

// C-078 C-196, and C-125. A pool without loops waits for one request in each
// worker.
TEST(PoolOfLoopsDemo, EachLoopWaitsForItsShareAtOnce) {
  const std::string output =
      output_of("pool_of_loops",
                {"--requests=20", "--workers=2", "--wait=50", "--compute=0"});
  expect_text(output, "VERDICT C-125 ");
  const double pool = number_behind(output, "s, a pool ");
  EXPECT_GE(pool, 0.5);  // ten waits, one after another
  EXPECT_LT(number_behind(output, "requests take one loop "), pool);
  EXPECT_LT(number_behind(output, "s, a pool of loops "), pool);
}

}  // namespace
}  // namespace demos
