// What every demo owes its caller: its flags explained, a wrong one refused in
// one line, and no success where nobody could read what it said.
#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "demos/support/eventually.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/unique_fd.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

// The paths of all programs of //demos, as Bazel knows them.
std::vector<std::string> all_demos() {
  std::istringstream words(std::getenv("DEMOS"));
  std::vector<std::string> paths;
  for (std::string path; words >> path;) {
    paths.push_back(path);
  }
  return paths;
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

size_t lines_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

// The lines of --help that explain a flag, without the one of --help itself.
std::vector<std::string> flags_of(const std::string& path) {
  tests::Program program(path, {"--help"});
  EXPECT_EQ(program.wait(), 0);
  std::istringstream text(program.output);
  std::vector<std::string> flags;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("  --") && !line.starts_with("  --help")) {
      flags.push_back(line.substr(2));
    }
  }
  return flags;
}

// A run of the demo that says something soon.
std::vector<std::string> short_run(const std::string& path) {
  static const std::map<std::string, std::vector<std::string>> kArguments = {
      {"concurrency_matrix",
       {"--test=1", "--n=1", "--runs=1", "--models=single"}},
      {"convoy", {"--hogs=0"}},
      {"decide", {"--picture"}},
      {"diagnose", {"--help"}},  // its output is the command's
      {"downloads", {"--n=2", "--latency=1"}},
      {"figures", {"--figure=F3"}},
      {"gil_race", {"--laps=100"}},
      {"ipc_tour", {"--trips=1", "--stream=1"}},
      {"lost_update", {"--n=1000"}},
      {"pool_map", {"--work=square"}},
      {"pool_of_loops", {"--requests=1"}},
      {"preempt", {"--mode=coop"}},
      {"process_hello", {"--start=fork"}},
      {"queue_vs_lock", {"--n=1000"}},
      {"release_io", {"--work=sleep", "--threads=2"}},
      {"speed_knobs", {"--knob=memory"}},
      {"sum_list", {"--n=1000", "--runs=1"}},
      {"timeline", {"--model=single", "--tasks=1"}},
      {"to_thread", {"--to=none", "--seconds=0.05"}},
      {"where_threads_run", {"--seconds=0.05"}},
  };
  const auto found = kArguments.find(name_of(path));
  return found == kArguments.end() ? std::vector<std::string>{} : found->second;
}

// A run that is long, as far as there is one, and how many processes it has in
// the middle.
struct LongRun {
  std::vector<std::string> arguments;
  size_t processes = 1;
};

LongRun long_run(const std::string& path) {
  static const std::map<std::string, LongRun> kRuns = {
      {"concurrency_matrix",
       {{"--test=1", "--runs=99", "--models=processes", "--workers=2"}, 2}},
      {"decide", {{"--picture"}, 1}},
      {"diagnose", {{"--", "sleep", "60"}, 2}},
      {"figures", {{"--figure=sixteen"}, 2}},
      {"gil_race", {{"--threads=1", "--processes=1,8"}, 3}},
      {"isolation", {{"--cow", "--megabytes=256"}, 2}},
      {"speed_knobs", {{"--knob=cpu", "--cpu=10"}, 10}},  // nine rivals
      {"timeline", {{"--scene=waits", "--delays=900", "--model=single"}, 2}},
      {"lifecycle", {{"--real"}, 8}},  // six, and a child of one of them
      {"pool_map", {{"--work=sleep", "--unit=1000", "--workers=3"}, 4}},
      {"pool_of_loops", {{"--wait=1000", "--workers=2"}, 3}},
  };
  const auto found = kRuns.find(name_of(path));
  return found == kRuns.end() ? LongRun{} : found->second;
}

bool lives(pid_t pid) {
  const auto status = os::read_status(pid);
  return status && status->state != 'Z';
}

class EveryDemo : public testing::TestWithParam<std::string> {
 protected:
  const std::string path = GetParam();
  const std::string name = name_of(path);

  void expect_one_line(const std::string& error, const std::string& start) {
    EXPECT_EQ(lines_in(error), 1u) << error;
    EXPECT_TRUE(error.starts_with(name + ": " + start)) << error;
  }
};

TEST_P(EveryDemo, HelpSaysWhatItIsAndTheRangeAndDefaultOfEachFlag) {
  tests::Program program(path, {"--help"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(program.error, "");
  EXPECT_TRUE(program.output.starts_with(name + " - ")) << program.output;
  EXPECT_TRUE(program.output.ends_with("this text\n")) << program.output;
  const std::regex toggle("--[a-z-]+ +.+ \\(off unless given\\)");
  const std::regex with_value("--[a-z-]+\\[?=.+ \\(.+; .+ unless given\\)");
  const std::vector<std::string> flags = flags_of(path);
  EXPECT_FALSE(flags.empty());
  for (const std::string& flag : flags) {
    EXPECT_TRUE(std::regex_match(flag, toggle) ||
                std::regex_match(flag, with_value))
        << flag;
  }
}

TEST_P(EveryDemo, AWrongFlagIsOneLineThatSaysWhatIsAccepted) {
  tests::Program program(path, {"--no-such-flag"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.output, "");
  expect_one_line(program.error, "--no-such-flag: no such flag; accepted: ");
  for (const std::string& flag : flags_of(path)) {
    EXPECT_NE(program.error.find(flag.substr(0, flag.find_first_of("[= "))),
              std::string::npos)
        << flag;
  }
}

TEST_P(EveryDemo, AValueThatMakesNoSenseIsOneLineForEachFlag) {
  for (const std::string& flag : flags_of(path)) {
    const size_t end = flag.find_first_of("[= ");
    if (flag[end] == '[') {
      continue;  // any text is a path
    }
    const std::string wrong = flag.substr(0, end) + "=*";
    tests::Program program(path, {wrong});
    EXPECT_EQ(program.wait(), 2) << wrong;
    EXPECT_EQ(program.output, "");
    expect_one_line(program.error, wrong + ": ");
  }
}

TEST_P(EveryDemo, AFullDiskUnderItsOutputIsOneLineAndExitCodeOne) {
  const os::UniqueFd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  for (const auto& arguments : {short_run(path), {"--help"}}) {
    tests::Program program(path, arguments, testing::TempDir(), full.get());
    EXPECT_EQ(program.wait(), 1);
    EXPECT_EQ(program.error,
              name + ": standard output: No space left on device\n");
  }
}

TEST_P(EveryDemo, AReaderWhoHasGoneEndsItWithoutAWord) {
  os::Pipe pipe = os::make_pipe();
  pipe.reader.reset();
  for (const auto& arguments : {short_run(path), {"--help"}}) {
    tests::Program program(path, arguments, testing::TempDir(),
                           pipe.writer.get());
    EXPECT_EQ(program.wait(), 1);
    EXPECT_EQ(program.error, "");
  }
}

TEST_P(EveryDemo, AClosedOutputIsOneLineAndExitCodeOne) {
  tests::Program program("/bin/sh", {"-c", path + " --help >&-"});
  EXPECT_EQ(program.wait(), 1);
  EXPECT_EQ(program.error, name + ": standard output: Bad file descriptor\n");
}

TEST_P(EveryDemo, AnInterruptInMidRunLeavesNoChild) {
  const LongRun run = long_run(path);
  tests::Program program(path, run.arguments);
  std::vector<pid_t> family = {program.pid()};
  if (run.processes == 1) {
    program.wait_for_output("\n");
  } else {
    ASSERT_TRUE(support::eventually([&] {
      family = os::tree_of(program.pid());
      return family.size() >= run.processes;
    }));
  }
  kill(program.pid(), SIGINT);
  const int code = program.wait();
  const bool ended_before = code == 0 && run.processes == 1;
  // A shell tells both ways to be ended by a signal by the same number.
  EXPECT_TRUE(ended_before || code == 128 + SIGINT || code == -SIGINT) << code;
  for (const pid_t pid : family) {
    EXPECT_TRUE(support::eventually([&] { return !lives(pid); })) << pid;
  }
}

INSTANTIATE_TEST_SUITE_P(Demos, EveryDemo, testing::ValuesIn(all_demos()),
                         [](const auto& demo) { return name_of(demo.param); });

}  // namespace
}  // namespace demos
