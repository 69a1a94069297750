#include "demos/lifecycle_programs.h"

#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/eventually.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"

namespace demos {
namespace {

using support::ChildTree;

std::string file_of(pid_t pid) {
  std::error_code gone;
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe",
                                       gone)
      .string();
}

// "7ffc1000-7ffc2000", the first range of the address map with this name.
std::string range_of(pid_t pid, std::string_view name) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(name)) {
      return line.substr(0, line.find(' '));
    }
  }
  return "?";
}

void exec(std::vector<const char*> arguments) {
  arguments.push_back(nullptr);
  execvp(arguments[0], const_cast<char**>(arguments.data()));
  os::throw_errno("execvp");
}

}  // namespace

void show_one_file_twice() {
  const auto start = [] { exec({"sleep", "60"}); };
  const ChildTree first(start);
  const ChildTree second(start);
  const std::string ours = file_of(getpid());
  support::Table table({"file", "process", "stack", "heap"});
  for (const pid_t pid : {first.pid(), second.pid()}) {
    // Until it has become the other program, and that one has a heap.
    if (!support::eventually([&] {
          return file_of(pid) != ours && range_of(pid, "[heap]") != "?";
        })) {
      throw std::runtime_error("sleep(1) did not start");
    }
    table.add({file_of(pid), std::to_string(pid), range_of(pid, "[stack]"),
               range_of(pid, "[heap]")});
  }
  support::print(
      table.text() + "\n" +
      support::verdict(
          "C-020", file_of(first.pid()) == file_of(second.pid())
                       ? "true: one file at rest, two processes of it, each "
                         "with a number and an address map of its own"
                       : "not shown: the files differ") +
      "\n");
}

void show_input_and_output() {
  os::Pipe input = os::make_pipe();
  os::Pipe output = os::make_pipe();
  const ChildTree process([&] {
    os::check(dup2(input.reader.get(), STDIN_FILENO), "dup2");
    os::check(dup2(output.writer.get(), STDOUT_FILENO), "dup2");
    input.writer.reset();
    exec({"tr", "a-z", "A-Z"});
  });
  input.reader.reset();
  output.writer.reset();
  const std::string ours = file_of(getpid());
  if (!support::eventually([&] { return file_of(process.pid()) != ours; })) {
    throw std::runtime_error("tr(1) did not start");
  }
  const std::string number = std::to_string(process.pid());
  support::print(file_of(process.pid()) + ", process " + number + "\n");
  for (const std::string& descriptor : os::open_descriptors(process.pid())) {
    if (descriptor.starts_with("0 ") || descriptor.starts_with("1 ")) {
      support::print("  " + descriptor + "\n");
    }
  }
  constexpr std::string_view kText = "hello";
  os::write_all(input.writer.get(), os::bytes_of(kText));
  input.writer.reset();
  std::array<std::byte, 64> buffer;
  const size_t count = os::read_all(output.reader.get(), buffer);
  const std::string answer(reinterpret_cast<const char*>(buffer.data()), count);
  support::print("\n" +
                 support::verdict("C-213", std::string(kText) +
                                               " --> [process " + number +
                                               "] --> " + answer) +
                 "\n");
}

}  // namespace demos
