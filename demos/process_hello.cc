// demos/process_hello.cc - a process that greets by name, as a thread would.
//
// Make it with a function and its arguments, start it, join it: the lines are
// the same for a thread and for a process. [C-138] [C-139] How the process
// comes about is another matter. A fork goes on in the middle of the program; a
// fresh image begins at main(), as its parent did, and would do what its parent
// does if main() did not ask first. That question is Python's
// `if __name__ == "__main__"`. [C-140]
//
//   bazel run //demos:process_hello -- bob
//   bazel run //demos:process_hello -- bob --start=fork,spawn --verbose
//
// Predict how often main() begins in each row. Expected: three times hello, a
// table, and last
//   VERDICT C-140 true: ...
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/thread.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/spawn.h"
#include "os/io.h"
#include "os/syscall.h"

namespace demos {
namespace {

using support::print;

// The process in which main() began last, of this memory.
pid_t main_began_in = 0;

struct Greeting {
  pid_t process = 0;
  pid_t parent = 0;
  pid_t main_began_in = 0;
  std::string words;
  static constexpr auto kFields =
      std::tuple(&Greeting::process, &Greeting::parent,
                 &Greeting::main_began_in, &Greeting::words);
};

void greet(ipc::Connection to_parent, std::string name) {
  const std::string words = "hello " + name;
  print(words + "\n");
  to_parent.send(Greeting{getpid(), getppid(), main_began_in, words});
}
const ipc::Spawnable spawned_greet("greet", &greet);

struct Met {
  Greeting greeting;
  std::optional<int> exit_code = {};  // a thread has none

  // Did the greeter begin at the top, as this process did?
  bool main_began_again() const { return greeting.main_began_in != getpid(); }
};

// One body for threads and for processes. [C-138]
template <class Runner>
Met meet(Runner&& runner, ipc::Connection from_runner) {
  runner.start();
  Met met{.greeting = from_runner.recv<Greeting>()};
  runner.join();
  if constexpr (requires { runner.exitcode(); }) {
    met.exit_code = runner.exitcode();
  }
  return met;
}

Met meet_by(const std::string& start, const std::string& name) {
  auto [ours, theirs] = ipc::make_pipe(false);
  if (start == "thread") {
    return meet(gil_sim::Thread(greet, std::move(theirs), name),
                std::move(ours));
  }
  if (start == "fork") {
    return meet(ipc::Process(greet, std::move(theirs), name), std::move(ours));
  }
  return meet(spawned_greet.process(std::move(theirs), name), std::move(ours));
}

// A program that does not ask who it is.

constexpr std::string_view kUnguarded = "--begin-again";

// This program from the top, in place of the calling process.
[[noreturn]] void begin_again(int allowed) {
  std::string program = "process_hello";
  std::string mark(kUnguarded);
  std::string number = std::to_string(allowed);
  const std::array<char*, 4> argv = {program.data(), mark.data(), number.data(),
                                     nullptr};
  execv("/proc/self/exe", argv.data());
  os::throw_errno("execv");
}

// What its main() does. Nothing but the demo's own limit ends it.
void start_a_child_first_of_all(int allowed) {
  print("  main() begins in process " + std::to_string(getpid()) + "\n");
  if (allowed > 1) {
    support::ChildTree child([&] { begin_again(allowed - 1); });
    child.wait();
  }
}

// What it says until it is stopped.
std::string output_unguarded(int allowed) {
  os::Pipe pipe = os::make_pipe();
  const support::ChildTree child([&] {
    os::check(dup2(pipe.writer.get(), STDOUT_FILENO), "dup2");
    begin_again(allowed);
  });
  pipe.writer.reset();
  std::string text;
  std::array<std::byte, 4096> buffer;
  while (const size_t count =
             os::read_some(pipe.reader.get(), buffer).value()) {
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  return text;
}

void judge(const std::vector<std::string>& starts,
           const std::vector<Met>& all_met, const std::string& name, int began,
           int allowed) {
  support::Verdicts verdicts;
  std::string codes;
  bool all_greeted = true;
  bool all_ended_well = true;
  std::optional<bool> forked;
  std::optional<bool> spawned;
  for (size_t i = 0; i < starts.size(); ++i) {
    const Met& met = all_met[i];
    all_greeted = all_greeted && met.greeting.words == "hello " + name;
    if (met.exit_code) {
      all_ended_well = all_ended_well && met.exit_code == 0;
      codes += ", " + starts[i] + " " + std::to_string(*met.exit_code);
      (starts[i] == "fork" ? forked : spawned) = met.main_began_again();
    }
  }
  if (starts.size() > 1) {
    verdicts.add("C-138", (all_greeted ? "true: " : "false: ") +
                              ("made, started and joined by the same lines: " +
                               support::joined(starts)));
  }
  if (!codes.empty()) {
    verdicts.add("C-139",
                 (all_greeted && all_ended_well ? "found: " : "not shown: ") +
                     (all_met.back().greeting.words + "; exit status" +
                      codes.substr(1)));
  }
  if (forked && spawned) {
    verdicts.add(
        "C-140",
        (!*forked && *spawned && began == allowed ? "true: " : "not shown: ") +
            ("main() began again in the forked process: " +
             std::string(*forked ? "yes" : "no") +
             ", in the spawned one: " + (*spawned ? "yes" : "no") +
             "; without the guard it began " + std::to_string(began) +
             " times, where " + std::to_string(allowed) + " were allowed"));
  }
  print(verdicts.text());
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  main_began_in = getpid();
  if (argc == 3 && argv[1] == kUnguarded) {
    return support::run_demo("process_hello", [&] {
      start_a_child_first_of_all(std::stoi(argv[2]));
      return 0;
    });
  }
  ipc::run_if_spawned(argc, argv);  // the guard
  return support::run_demo("process_hello", [&] {
    std::string name = "bob";
    std::vector<std::string> starts = {"thread", "fork", "spawn"};
    int allowed = 3;
    bool verbose = false;
    support::Flags flags("process_hello", "a process that greets by name");
    flags.words(
        "NAME", [&](std::string_view text) { name = text; }, "who is greeted",
        name);
    flags.choices("start", &starts, starts, "how the greeter begins");
    flags.number("unguarded", &allowed, 2, 50,
                 "how often main() may begin without the guard");
    flags.toggle("verbose", &verbose, "the numbers of the processes as well");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    std::vector<Met> all_met;
    for (const std::string& start : starts) {
      print(start + ": ");
      all_met.push_back(meet_by(start, name));
    }
    print("\n");
    support::Table table({"start", "main() began again", "exit status"});
    for (size_t i = 0; i < starts.size(); ++i) {
      const Met& met = all_met[i];
      table.add({starts[i], met.main_began_again() ? "yes" : "no",
                 met.exit_code ? std::to_string(*met.exit_code) : "-"},
                verbose
                    ? "process " + std::to_string(met.greeting.process) +
                          ", its parent " + std::to_string(met.greeting.parent)
                    : "");
    }
    print(table.text() + "\n");
    int began = 0;
    if (std::find(starts.begin(), starts.end(), "spawn") != starts.end()) {
      const std::string text = output_unguarded(allowed);
      began = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
      print("without the guard: main() began " + std::to_string(began) +
            " times, then it was stopped\n" + (verbose ? text : "") + "\n");
    }
    judge(starts, all_met, name, began, allowed);
    return 0;
  });
}
