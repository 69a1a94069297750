// tests/demos/program.h - run a demo as a learner does, and read what it says.
//
// CONCEPT     A demo is a program: what counts is its output, its error line,
//             its exit code and what it leaves behind. It is started in a
//             process group of its own and with a TMPDIR that the test names,
//             so that the test can find everything that came from it.
// THREADS     One.
// OWNERSHIP   Owns the process; it is killed with the object.
// ERRORS      std::system_error from fork, pipe2, read.
#ifndef TESTS_DEMOS_PROGRAM_H_
#define TESTS_DEMOS_PROGRAM_H_

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/child_tree.h"
#include "gtest/gtest.h"
#include "os/io.h"

namespace tests {

class Program {
 public:
  // `path` as Bazel gives it to a test that has the program among its data.
  // What goes to another `standard_output` is not read here.
  Program(const std::string& path, const std::vector<std::string>& arguments,
          const std::string& temporary_folder = testing::TempDir(),
          std::optional<int> standard_output = std::nullopt)
      : out_(os::make_pipe()), error_(os::make_pipe()), child_([&] {
          dup2(standard_output.value_or(out_.writer.get()), STDOUT_FILENO);
          dup2(error_.writer.get(), STDERR_FILENO);
          setenv("TMPDIR", temporary_folder.c_str(), 1);
          std::vector<char*> argv = {const_cast<char*>(path.c_str())};
          for (const std::string& argument : arguments) {
            argv.push_back(const_cast<char*>(argument.c_str()));
          }
          argv.push_back(nullptr);
          execv(path.c_str(), argv.data());
          _exit(127);
        }) {
    out_.writer.reset();
    error_.writer.reset();
  }

  pid_t pid() const { return child_.pid(); }

  // Reads standard output until `text` has appeared or the program has closed
  // it; says which.
  bool wait_for_output(std::string_view text) {
    while (output.find(text) == std::string::npos) {
      if (!read_more(out_.reader.get(), output)) {
        return false;
      }
    }
    return true;
  }

  // Reads both streams to their end and waits. Errors are a line or two, so
  // they fit into the pipe while the other one is read.
  int wait() {
    while (read_more(out_.reader.get(), output)) {
    }
    while (read_more(error_.reader.get(), error)) {
    }
    return child_.wait().exit_code;
  }

  std::string output;
  std::string error;

 private:
  static bool read_more(int fd, std::string& into) {
    std::array<std::byte, 4096> buffer;
    const size_t count = os::read_some(fd, buffer).value_or(0);
    into.append(reinterpret_cast<const char*>(buffer.data()), count);
    return count > 0;
  }

  os::Pipe out_;
  os::Pipe error_;
  demos::support::ChildTree child_;
};

}  // namespace tests

#endif  // TESTS_DEMOS_PROGRAM_H_
