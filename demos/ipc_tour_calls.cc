#include "demos/ipc_tour_calls.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cstdint>
#include <stdexcept>

#include "demos/support/child_tree.h"
#include "demos/support/interrupt.h"
#include "os/syscall.h"

namespace demos {

namespace {

// What ptrace adds to SIGTRAP, so that a stop at a call is told from others.
constexpr int kStopAtCall = SIGTRAP | 0x80;

void go_on(pid_t pid, int signal) {
  // ESRCH: it has been killed meanwhile, which the next wait reports.
  ptrace(PTRACE_SYSCALL, pid, nullptr, signal);
}

// Any child that has stopped or ended, which is left as it is: the first one's
// end is its owner's.
siginfo_t next_news() {
  siginfo_t news{};
  os::check(os::retry_on_eintr([&] {
              return os::syscalls.waitid(P_ALL, 0, &news,
                                         WEXITED | WSTOPPED | WNOWAIT | __WALL);
            }),
            "waitid");
  return news;
}

}  // namespace

std::optional<int64_t> system_calls_of(const std::function<void()>& body) {
  support::ChildTree first([&] {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == -1) {
      return;  // forbidden, and told by not stopping
    }
    raise(SIGSTOP);
    body();
  });
  bool begun = false;
  int64_t stops = 0;
  for (;;) {
    support::throw_if_interrupted();
    const siginfo_t news = next_news();
    const pid_t pid = news.si_pid;
    const bool ended = news.si_code == CLD_EXITED ||
                       news.si_code == CLD_KILLED || news.si_code == CLD_DUMPED;
    if (ended && pid == first.pid()) {
      break;
    }
    int status = 0;
    os::check(os::retry_on_eintr([&] {
                return os::syscalls.wait4(pid, &status, __WALL, nullptr);
              }),
              "wait4");
    if (ended) {
      continue;
    }
    if (!begun) {
      begun = true;
      os::check(ptrace(PTRACE_SETOPTIONS, pid, nullptr,
                       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                           PTRACE_O_TRACEFORK | PTRACE_O_EXITKILL),
                "ptrace(SETOPTIONS)");
    }
    const int signal = WSTOPSIG(status);
    stops += signal == kStopAtCall ? 1 : 0;
    // Stops that come of being traced are not signals to be passed on.
    const bool ours =
        signal == kStopAtCall || signal == SIGTRAP || signal == SIGSTOP;
    go_on(pid, ours ? 0 : signal);
  }
  if (first.wait().exit_code != 0) {
    throw std::runtime_error("what was to be counted has failed");
  }
  return begun ? std::optional(stops / 2) : std::nullopt;  // in, and out
}

}  // namespace demos
