#include "demos/lifecycle_live.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/report.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using namespace std::chrono_literals;
using support::ChildTree;

scheduler::SteadyClock& real_clock() {
  return scheduler::SteadyClock::instance();
}

// Looks every few milliseconds until `seen` is true; false after five seconds.
bool wait_until(const std::function<bool()>& seen) {
  const scheduler::TimePoint deadline = real_clock().now() + 5s;
  while (!seen()) {
    if (real_clock().now() > deadline) {
      return false;
    }
    real_clock().sleep_for(2ms);
  }
  return true;
}

// Both spinners on one CPU, so that the system has to part them.
void spin() {
  cpu_set_t cpus;
  os::check(sched_getaffinity(0, sizeof cpus, &cpus), "sched_getaffinity");
  int first = 0;
  while (!CPU_ISSET(first, &cpus)) {
    ++first;
  }
  CPU_ZERO(&cpus);
  CPU_SET(first, &cpus);
  os::check(sched_setaffinity(0, sizeof cpus, &cpus), "sched_setaffinity");
  // A loop that does nothing at all could be compiled away.
  for (std::atomic<unsigned> turns = 0;;) {
    ++turns;
  }
}

void sleep_often() {
  for (;;) {
    real_clock().sleep_for(1ms);
  }
}

// Like vfork, whose caller waits in the kernel, uninterruptible, until the
// child has ended: the one disk sleep that needs no disk. The bare call, since
// sanitizers turn vfork() into a fork() that does not wait.
void wait_uninterruptibly() {
  const long child = syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    for (;;) {
      pause();
    }
  }
}

struct Specimen {
  const char* name;
  std::function<void()> body;
  char expected;
  const char* meaning;
};

const std::array<Specimen, 6> kSpecimens = {{
    {"spinner", spin, 'R', "running or ready: one letter for both"},
    {"second spinner", spin, 'R', "running or ready"},
    {"sleeper", sleep_often, 'S', "waiting"},
    {"waits for vfork", wait_uninterruptibly, 'D', "waiting, deaf to signals"},
    {"stopped", [] { raise(SIGSTOP); }, 'T', "none of the five"},
    {"ended", [] {}, 'Z', "terminated, and not yet reaped"},
}};

struct Observed {
  std::string letters;  // each letter once, in order of appearance
  os::ProcessStatus last;
};

Observed sample(pid_t pid) {
  Observed observed;
  for (int i = 0; i < 20; ++i) {
    observed.last = os::read_status(pid).value_or(os::ProcessStatus{});
    if (observed.letters.find(observed.last.state) == std::string::npos) {
      observed.letters += observed.last.state;
    }
    real_clock().sleep_for(5ms);
  }
  return observed;
}

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

void show_real_states() {
  std::vector<std::unique_ptr<ChildTree>> children;
  for (const Specimen& specimen : kSpecimens) {
    children.push_back(std::make_unique<ChildTree>(specimen.body));
  }
  support::Table table({"process", "letters", "own switches", "forced"});
  bool all_seen = true;
  std::vector<os::ProcessStatus> last;
  for (size_t i = 0; i < children.size(); ++i) {
    const pid_t pid = children[i]->pid();
    const char expected = kSpecimens[i].expected;
    all_seen &= wait_until([&] {
      return os::read_status(pid).value_or(os::ProcessStatus{}).state ==
             expected;
    });
    const Observed observed = sample(pid);
    table.add({kSpecimens[i].name, observed.letters,
               std::to_string(observed.last.voluntary_switches),
               std::to_string(observed.last.involuntary_switches)},
              kSpecimens[i].meaning);
    last.push_back(observed.last);
  }
  std::cout << table.text() << "\n"
            << support::verdict(
                   "C-052",
                   "imprecise: the sleeper left the CPU " +
                       std::to_string(last[2].voluntary_switches) +
                       " times by itself, the spinner was pre-empted " +
                       std::to_string(last[0].involuntary_switches) +
                       " times; waiting is not pre-emption")
            << "\n"
            << support::verdict(
                   "C-023",
                   all_seen
                       ? "true: the system has R, which the list leaves out, "
                         "and sleepers come back to it; its T has no place "
                         "among the five"
                       : "not shown: a process was not seen in its state")
            << std::endl;
}

void show_one_file_twice() {
  const auto start = [] { exec({"sleep", "60"}); };
  const ChildTree first(start);
  const ChildTree second(start);
  const std::string ours = file_of(getpid());
  support::Table table({"file", "process", "stack", "heap"});
  for (const pid_t pid : {first.pid(), second.pid()}) {
    // Until it has become the other program, and that one has a heap.
    if (!wait_until([&] {
          return file_of(pid) != ours && range_of(pid, "[heap]") != "?";
        })) {
      throw std::runtime_error("sleep(1) did not start");
    }
    table.add({file_of(pid), std::to_string(pid), range_of(pid, "[stack]"),
               range_of(pid, "[heap]")});
  }
  std::cout << table.text() << "\n"
            << support::verdict(
                   "C-020",
                   file_of(first.pid()) == file_of(second.pid())
                       ? "true: one file at rest, two processes of it, each "
                         "with a number and an address map of its own"
                       : "not shown: the files differ")
            << std::endl;
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
  if (!wait_until([&] { return file_of(process.pid()) != ours; })) {
    throw std::runtime_error("tr(1) did not start");
  }
  std::cout << file_of(process.pid()) << ", process " << process.pid() << "\n";
  for (const std::string& descriptor : os::open_descriptors(process.pid())) {
    if (descriptor.starts_with("0 ") || descriptor.starts_with("1 ")) {
      std::cout << "  " << descriptor << "\n";
    }
  }
  constexpr std::string_view kText = "hello";
  os::write_all(input.writer.get(), os::bytes_of(kText));
  input.writer.reset();
  std::array<std::byte, 64> buffer;
  const size_t count = os::read_all(output.reader.get(), buffer);
  const std::string answer(reinterpret_cast<const char*>(buffer.data()), count);
  std::cout << "\n"
            << support::verdict("C-213", std::string(kText) + " --> [process " +
                                             std::to_string(process.pid()) +
                                             "] --> " + answer)
            << std::endl;
}

}  // namespace demos
