#include "demos/lifecycle_live.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/eventually.h"
#include "demos/support/interrupt.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
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
  const pid_t parent = getpid();
  const long child = syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    // The demo may be killed, and then nobody ends our group.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent) {
      pause();
    }
    _exit(1);  // the parent died before we asked to be told
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
    support::throw_if_interrupted();
    observed.last = os::read_status(pid).value_or(os::ProcessStatus{});
    if (observed.letters.find(observed.last.state) == std::string::npos) {
      observed.letters += observed.last.state;
    }
    real_clock().sleep_for(5ms);
  }
  return observed;
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
    all_seen &= support::eventually([&] {
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
  const int64_t left = last[2].voluntary_switches;
  const int64_t forced = last[0].involuntary_switches;
  support::print(
      table.text() + "\n" +
      support::verdict(
          "C-052",
          std::string(left > 0 && forced > 0 ? "imprecise" : "not shown") +
              ": the sleeper left the CPU " + std::to_string(left) +
              " times by itself, the spinner was pre-empted " +
              std::to_string(forced) + " times" +
              (left > 0 && forced > 0 ? "; waiting is not pre-emption" : "")) +
      "\n" +
      support::verdict(
          "C-023",
          all_seen
              ? "imprecise: the system has R, which the list leaves out, and "
                "sleepers come back to it; its T has no place among the "
                "five"
              : "not shown: a process was not seen in its state") +
      "\n");
}

}  // namespace demos
