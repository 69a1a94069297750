// The script that starts everything, on machines that lack something. Each
// machine is a folder of programs: PATH names it and nothing else.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "demos/support/scratch_folder.h"
#include "tests/demos/program.h"

namespace {

namespace fs = std::filesystem;

// A machine with a base system, Linux 6.1 and root, and no compiler, no Bazel
// and no package manager unless it is given them.
class Machine {
 public:
  Machine() {
    for (const char* tool :
         {"sh", "sed", "head", "tail", "grep", "mktemp", "rm", "env", "cat"}) {
      const std::string place = std::string("/usr/bin/") + tool;
      fs::create_symlink(fs::exists(place) ? place : "/bin/" + place.substr(9),
                         folder_.path() + "/" + tool);
    }
    add("uname", R"([ "$1" = -s ] && echo Linux || echo 6.1.0-13-amd64)");
    add("id", "echo 0");
  }

  // A program of that name, of which this is the text.
  void add(const std::string& name, const std::string& script) {
    const std::string file = folder_.path() + "/" + name;
    fs::remove(file);
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    chmod(file.c_str(), 0755);
  }
  void add_compiler(const std::string& name, const std::string& version) {
    add(name, "case $1 in --version) echo '" + name + " " + version +
                  "' ;; -dump*) echo " + version + " ;; *) exit 0 ;; esac");
  }
  void add_bazel(const std::string& version) {
    add("bazel", "if [ \"$1\" = --version ]; then echo 'bazel " + version +
                     "'; else echo started \"$@\"; fi");
  }

  // Runs `bazelw info` there. The exit code; both streams are kept.
  int run(const std::vector<std::string>& environment = {}) {
    std::vector<std::string> arguments = {"-i", "PATH=" + folder_.path()};
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    arguments.insert(arguments.end(), {"sh", "bazelw", "info"});
    tests::Program program("/usr/bin/env", arguments);
    const int exit_code = program.wait();
    output = program.output;
    error = program.error;
    return exit_code;
  }

  std::string output;
  std::string error;

 private:
  const demos::support::ScratchFolder folder_;
};

TEST(Bazelw, HandsItsArgumentsToTheBazelThatIsThere) {
  Machine machine;
  machine.add_bazel("8.2.1");
  machine.add_compiler("g++", "12.2.0");
  EXPECT_EQ(machine.run(), 0);
  EXPECT_EQ(machine.output, "started info\n");
  EXPECT_EQ(machine.error, "");
}

TEST(Bazelw, NamesAnotherSystem) {
  Machine machine;
  machine.add("uname", "echo FreeBSD");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_EQ(machine.error,
            "bazelw: needs Linux (epoll, pidfd), and this is FreeBSD\n");
}

TEST(Bazelw, NamesAnOldKernel) {
  Machine machine;
  machine.add("uname", R"([ "$1" = -s ] && echo Linux || echo 5.8.18)");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_EQ(machine.error,
            "bazelw: needs Linux 5.9 or newer (pidfd, close_range), and this "
            "is 5.8.18\n");
}

TEST(Bazelw, NamesAnOldCompiler) {
  Machine machine;
  machine.add_bazel("8.2.1");
  machine.add_compiler("g++", "11.4.0");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_EQ(machine.error,
            "bazelw: needs g++ 12 or clang 14, or newer (coroutines), and g++ "
            "is 11.4.0\n");
}

TEST(Bazelw, NamesACompilerThatIsNotThere) {
  Machine machine;
  machine.add_bazel("8.2.1");
  EXPECT_EQ(machine.run({"CC=clang-99"}), 1);
  EXPECT_EQ(machine.error,
            "bazelw: CC names clang-99, which is not installed\n");
}

TEST(Bazelw, ACompilerMayBeACommandOfSeveralWords) {
  Machine machine;
  machine.add_bazel("8.2.1");
  machine.add_compiler("g++-12", "12.2.0");
  machine.add("ccache", "exec \"$@\"");
  EXPECT_EQ(machine.run({"CC=ccache g++-12"}), 0) << machine.error;
  EXPECT_EQ(machine.output, "started info\n");
  EXPECT_EQ(machine.run({"CC=distcc g++-12"}), 1);
  EXPECT_EQ(machine.error, "bazelw: CC names distcc, which is not installed\n");
}

TEST(Bazelw, NamesACompilerWithoutItsCxxHalf) {
  Machine machine;
  machine.add_bazel("8.2.1");
  machine.add("gcc", "case $1 in -*version) echo 12.2.0 ;; *) exit 1 ;; esac");
  EXPECT_EQ(machine.run({"CC=gcc"}), 1);
  EXPECT_EQ(machine.error,
            "bazelw: gcc does not compile C++20: install g++ or clang with its "
            "C++ library\n");
}

TEST(Bazelw, NamesAnOldBazel) {
  Machine machine;
  machine.add_bazel("3.7.2");
  machine.add_compiler("g++", "12.2.0");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_NE(machine.error.find("needs Bazel 4.2 or newer"), std::string::npos)
      << machine.error;
}

TEST(Bazelw, SaysWhenItTriesABazelNobodyTried) {
  Machine machine;
  machine.add_bazel("6.5.0");
  machine.add_compiler("g++", "12.2.0");
  machine.add("apt-get", "exit 0");
  machine.run();
  EXPECT_NE(machine.error.find("trying 6.5.0"), std::string::npos)
      << machine.error;
}

TEST(Bazelw, NamesWhatIsMissingWhereThereIsNoApt) {
  Machine machine;
  EXPECT_EQ(machine.run(), 1);
  EXPECT_EQ(machine.error.find("bazelw: needs bazel-bootstrap "), 0u)
      << machine.error;
  EXPECT_NE(machine.error.find("there is no apt-get to install them"),
            std::string::npos)
      << machine.error;
}

TEST(Bazelw, NamesWhatIsMissingWhereNobodyIsRoot) {
  Machine machine;
  machine.add("apt-get", "exit 0");
  machine.add("id", "echo 1000");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_EQ(machine.error.find("bazelw: needs root to install: "), 0u)
      << machine.error;
}

TEST(Bazelw, PassesOnWhyAptFailed) {
  Machine machine;
  machine.add("apt-get",
              "echo Reading package lists...; "
              "echo 'E: Unable to locate package bazel-bootstrap'; exit 100");
  EXPECT_EQ(machine.run(), 1);
  EXPECT_NE(machine.error.find("could not install"), std::string::npos);
  EXPECT_NE(machine.error.find("E: Unable to locate package bazel-bootstrap\n"),
            std::string::npos)
      << machine.error;
}

}  // namespace
