// The main demo as a program: its flags, its output, and how it is stopped.
#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/eventually.h"
#include "demos/support/json.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "os/proc.h"
#include "tests/demos/program.h"
#include "tests/support/leak_listener.h"

namespace demos {
namespace {

using support::eventually;
using support::Json;

constexpr const char* kMatrix = "demos/concurrency_matrix";

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(ConcurrencyMatrix, AWrongFlagIsOneLineAndExitCodeTwo) {
  for (const auto& [flag, accepted] :
       std::vector<std::pair<std::string, std::string>>{
           {"--models=fibers",
            "single, processes, threads, threads_gil, async, loops, "
            "nonblocking, async_offload, processes_x_threads, "
            "loops_in_processes"},
           {"--n=0", "a whole number from 1 to 10000"},
           {"--n=many", "a whole number from 1 to 10000"},
           {"--test=8", "1, 2, 3, 4, 5, 6, 7"},
           {"--faster", "--test, --models, --runs"}}) {
    tests::Program program(kMatrix, {flag});
    EXPECT_EQ(program.wait(), 2) << flag;
    EXPECT_EQ(program.output, "");
    EXPECT_EQ(lines_in(program.error), 1u) << program.error;
    EXPECT_TRUE(program.error.starts_with("concurrency_matrix: " + flag + ": "))
        << program.error;
    EXPECT_NE(program.error.find(accepted), std::string::npos) << program.error;
  }
}

// C-025 C-112 C-120 C-172 C-176
// Tests under all models, as small as they get: the cells compare themselves
// with `single`, so exit code 0 says that all agree. [C-188]
TEST(ConcurrencyMatrix, EveryTestEndsWithItsTableAndItsVerdict) {
  const support::ScratchFolder folder;
  tests::Program program(
      kMatrix, {"--test=1,2,3,5,6", "--n=3", "--runs=1", "--latency=1"},
      folder.path());
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_EQ(program.error, "");
  for (const char* const text :
       {"VERDICT C-178 ", "VERDICT C-179 ", "VERDICT C-180 ", "VERDICT C-182 ",
        "VERDICT C-183 ", "\nsingle ", "\nprocesses ", "\nthreads ",
        "\nthreads_gil ", "\nasync "}) {
    EXPECT_NE(program.output.find(text), std::string::npos)
        << text << program.output;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// Their items are large, and ten times larger under a sanitizer: two models.
TEST(ConcurrencyMatrix, TheTwoThatComputeEndWithTheirsAsWell) {
  tests::Program program(
      kMatrix, {"--test=4,7", "--n=1", "--runs=1", "--models=threads_gil"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  for (const char* const id : {"VERDICT C-181 ", "VERDICT C-184 "}) {
    EXPECT_NE(program.output.find(id), std::string::npos) << program.output;
  }
}

TEST(ConcurrencyMatrix, JsonReplacesTheTables) {
  tests::Program program(kMatrix, {"--test=1", "--n=2", "--runs=2", "--json"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  const Json report = Json::parse(program.output);
  ASSERT_EQ(report.array().size(), 1u);
  EXPECT_EQ(report.array()[0].at("rows").array().size(), 5u);
  EXPECT_EQ(report.array()[0].at("runs").number(), 2);
}

TEST(ConcurrencyMatrix, JsonInAFileStandsBesideTheTables) {
  const support::ScratchFolder folder;
  setenv("BUILD_WORKING_DIRECTORY", folder.path().c_str(), 1);
  tests::Program program(kMatrix, {"--test=4", "--n=1", "--runs=1",
                                   "--models=single", "--json=out.json"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_NE(program.output.find("TEST 4 heavy"), std::string::npos);
  std::ifstream file(folder.path() + "/out.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(Json::parse(text).array()[0].at("test").number(), 4);
}

TEST(ConcurrencyMatrix, HalfAMillisecondOfLatencyIsShownAsThat) {
  tests::Program program(kMatrix, {"--test=2,6", "--n=1", "--runs=1",
                                   "--models=single", "--latency=0.5"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_NE(program.output.find("1 requests, latency 0.5 ms;"),
            std::string::npos)
      << program.output;
  EXPECT_NE(program.output.find("latency 0.5 ms, a line each;"),
            std::string::npos)
      << program.output;
}

// C-186
TEST(ConcurrencyMatrix, TheSeriesOfTheDocumentsIsATableForEachSize) {
  tests::Program program(kMatrix, {"--full", "--test=2", "--runs=1",
                                   "--models=single", "--latency=0"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  for (const char* const items : {"1", "10", "100", "500", "1000"}) {
    EXPECT_NE(program.output.find("TEST 2 fetch: " + std::string(items) +
                                  " requests, latency 0 ms;"),
              std::string::npos)
        << program.output;
  }
}

// The server has as few and tells whom it turned away; ours is the last line.
// `single` would take ten minutes: it is not waited for.
TEST(ConcurrencyMatrix, TooFewDescriptorsAreToldAtOnceWithTheirCure) {
  tests::Program program(
      "/bin/sh",
      {"-c", std::string("ulimit -n 32; exec ") + kMatrix +
                 " --test=2 --n=60 --runs=1 --models=async --latency=10000"});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_NE(program.error.find("Too many open files (a process may open 32 "
                               "here: raise that by `ulimit -n`"),
            std::string::npos)
      << program.error;
}

// Here it is the server that runs out first: blocking clients have one
// descriptor each, its own have more beside them.
TEST(ConcurrencyMatrix, AServerWithTooFewDescriptorsIsToldWithTheCureAsWell) {
  tests::Program program(
      "/bin/sh",
      {"-c", std::string("ulimit -n 64; exec ") + kMatrix +
                 " --test=2 --n=100 --runs=1 --models=threads --latency=100"});
  const int code = program.wait();
  if (code == 0) {
    GTEST_SKIP() << "the threads came so slowly that they were never too many";
  }
  EXPECT_EQ(code, 1);
  const size_t ours = program.error.find("concurrency_matrix: TEST 2 threads");
  ASSERT_NE(ours, std::string::npos) << program.error;
  EXPECT_NE(program.error.find("raise that by `ulimit -n`", ours),
            std::string::npos)
      << program.error;
}

// As under nohup: the terminal closes, and the work goes on.
TEST(ConcurrencyMatrix, ASignalThatWasIgnoredFromTheStartIsIgnored) {
  tests::Program program(
      "/bin/sh", {"-c", std::string("trap '' HUP INT; exec ") + kMatrix +
                            " --test=1 --n=9 --runs=2 --models=single"});
  ASSERT_TRUE(
      eventually([&] { return os::tree_of(program.pid()).size() > 1; }));
  kill(program.pid(), SIGHUP);
  kill(program.pid(), SIGINT);
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_NE(program.output.find("VERDICT C-178"), std::string::npos);
}

// All seven tests would take a minute; the wrong path is told before the first.
TEST(ConcurrencyMatrix, AFileThatCannotBeWrittenIsOneLineBeforeAnyMeasuring) {
  for (const std::string flag : {"--json", "--html"}) {
    tests::Program program(kMatrix, {flag + "=/nonexistent/out"});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_EQ(program.output, "");
    EXPECT_EQ(program.error,
              "concurrency_matrix: " + flag +
                  "=/nonexistent/out: cannot be written: No such file or "
                  "directory; accepted: a file in a folder that you may write "
                  "to, or none for the standard output\n");
  }
}

TEST(ConcurrencyMatrix, TwoReportsIntoOneFileAreRefusedBeforeAnyMeasuring) {
  const std::string folder = testing::TempDir();
  tests::Program program(
      kMatrix, {"--json=" + folder + "/out", "--html=" + folder + "/./out"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.output, "");
  EXPECT_TRUE(program.error.starts_with(
      "concurrency_matrix: --json, --html: both to " + folder))
      << program.error;
  EXPECT_TRUE(program.error.ends_with("/out; accepted: a file for each\n"))
      << program.error;
}

TEST(ConcurrencyMatrix, APageThatDoesNotFitOnTheDiskIsOneLineAndExitCodeOne) {
  tests::Program program(kMatrix, {"--test=1", "--n=2", "--runs=1",
                                   "--models=single", "--html=/dev/full"});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_EQ(lines_in(program.error), 1u) << program.error;
  EXPECT_NE(program.error.find("/dev/full"), std::string::npos)
      << program.error;
}

// C-078 C-119 C-125 C-147 C-206
TEST(ConcurrencyMatrix, TheModelsOnRequestJoinTheTableAndHaveTheirVerdicts) {
  tests::Program program(kMatrix,
                         {"--test=2", "--n=4", "--runs=2", "--latency=1",
                          "--models=processes,loops,nonblocking,async_offload,"
                          "processes_x_threads,loops_in_processes"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  for (const char* const text :
       {"\nloops ", "\nnonblocking ", "\nasync_offload ",
        "\nprocesses_x_threads ", "\nloops_in_processes ", "VERDICT C-119 ",
        "VERDICT C-125 ", "VERDICT C-147 "}) {
    EXPECT_NE(program.output.find(text), std::string::npos)
        << text << program.output;
  }
}

// C-178
TEST(ConcurrencyMatrix,
     ExplainSaysWhatTheFiguresFollowFromAndWhatTheRulerCosts) {
  tests::Program program(kMatrix, {"--test=1", "--n=2", "--runs=1",
                                   "--models=single", "--explain"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  for (const char* const text :
       {"\nprocesses          27.14 s ", "list scheduling; 8 workers, fitted",
        "\nAn empty cell costs ", "VERDICT C-178 in the documents' table: "}) {
    EXPECT_NE(program.output.find(text), std::string::npos)
        << text << program.output;
  }
}

TEST(ConcurrencyMatrix, HtmlWritesOnePageWithATimelineForEachCell) {
  const support::ScratchFolder folder;
  const std::string path = folder.path() + "/page.html";
  tests::Program program(kMatrix, {"--test=1", "--n=3", "--runs=1",
                                   "--models=async", "--html=" + path});
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_NE(program.output.find("TEST 1 sleep"), std::string::npos);
  EXPECT_EQ(program.output.find("# running"), std::string::npos);
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  for (const char* const text :
       {"TEST 1 single: a run that", "TEST 1 async: a run that",
        "An empty cell costs ", "178.10 s"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
}

TEST(ConcurrencyMatrix, HtmlWithoutAFileTakesThePlaceOfTheTables) {
  tests::Program program(
      kMatrix, {"--test=1", "--n=1", "--runs=1", "--models=single", "--html"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  EXPECT_TRUE(program.output.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(program.output.ends_with("</html>\n"));
}

TEST(ConcurrencyMatrix, AnInterruptedRunLeavesTheReportOfTheOneBefore) {
  const support::ScratchFolder folder;
  const support::ScratchFolder temporary;
  const std::string path = folder.path() + "/out.json";
  std::ofstream(path) << "[]";
  tests::Program program(
      kMatrix, {"--test=1", "--runs=99", "--models=single", "--json=" + path},
      temporary.path());
  ASSERT_TRUE(
      eventually([&] { return os::tree_of(program.pid()).size() > 1; }));
  kill(program.pid(), SIGINT);
  EXPECT_EQ(program.wait(), 128 + SIGINT);
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, "[]");
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(ConcurrencyMatrix, TimelineDrawsOneChartForEachCell) {
  tests::Program program(kMatrix,
                         {"--test=1", "--n=3", "--runs=1", "--timeline"});
  EXPECT_EQ(program.wait(), 0) << program.error;
  for (const char* const model :
       {"single", "processes", "threads", "threads_gil", "async"}) {
    EXPECT_NE(program.output.find("\nTEST 1 " + std::string(model) + "\n"),
              std::string::npos)
        << program.output;
  }
  EXPECT_NE(program.output.find("\n0 |"), std::string::npos);
  EXPECT_NE(program.output.find("\n2 |"), std::string::npos);
  EXPECT_NE(program.output.find("# running"), std::string::npos);
}

bool lives(pid_t pid) {
  const auto status = os::read_status(pid);
  return status && status->state != 'Z';
}

std::vector<std::string> shared_memory() {
  std::vector<std::string> names;
  for (const std::string& held : tests::held_resources()) {
    if (held.starts_with("shared memory")) {
      names.push_back(held);
    }
  }
  return names;
}

// What the demo looks like while a cell of that kind is running.
struct Moment {
  const char* name;
  std::vector<std::string> arguments;
  size_t processes;  // demo, server, cell, workers
  int threads;       // in one of them
};

class Interrupted : public testing::TestWithParam<Moment> {};

TEST_P(Interrupted, LeavesNoChildNoFileAndNoSharedMemory) {
  const Moment& moment = GetParam();
  const support::ScratchFolder folder;
  const std::vector<std::string> before = shared_memory();
  for (const int signal : {SIGINT, SIGTERM}) {
    tests::Program program(kMatrix, moment.arguments, folder.path());
    std::set<pid_t> family;
    ASSERT_TRUE(eventually([&] {
      const std::vector<pid_t> tree = os::tree_of(program.pid());
      int threads = 0;
      for (const pid_t pid : tree) {
        family.insert(pid);
        const auto status = os::read_status(pid);
        threads = std::max(threads, status ? status->threads : 0);
      }
      return tree.size() >= moment.processes && threads >= moment.threads;
    }));
    EXPECT_FALSE(std::filesystem::is_empty(folder.path()));
    kill(program.pid(), signal);
    EXPECT_EQ(program.wait(), 128 + signal);
    EXPECT_EQ(program.error,
              "concurrency_matrix: interrupted, all cleaned up\n");
    for (const pid_t pid : family) {
      EXPECT_TRUE(eventually([&] { return !lives(pid); })) << pid;
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_EQ(shared_memory(), before);
  }
}

// `single` comes last in the first round, so it is not met here.
INSTANTIATE_TEST_SUITE_P(
    Cells, Interrupted,
    testing::Values(
        Moment{"Server",
               {"--test=2", "--latency=10000", "--models=single", "--runs=1"},
               3,
               1},
        Moment{"Workers",
               {"--test=1", "--n=12", "--models=processes", "--workers=3",
                "--runs=99"},
               5,
               1},
        Moment{"Threads",
               {"--test=1", "--n=12", "--models=threads", "--runs=99"},
               2,
               10}),
    [](const auto& moment) { return std::string(moment.param.name); });

}  // namespace
}  // namespace demos
