#include "demos/diagnose_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <span>

#include "demos/support/child_tree.h"
#include "demos/support/interrupt.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace demos {

namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(10);

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

void add(Watched& watched, const rusage& usage) {
  watched.user_s += seconds_of(usage.ru_utime);
  watched.system_s += seconds_of(usage.ru_stime);
  watched.voluntary_switches += usage.ru_nvcsw;
  watched.involuntary_switches += usage.ru_nivcsw;
  watched.blocks_read += usage.ru_inblock;
  watched.blocks_written += usage.ru_oublock;
}

// Meanwhile, whoever in the tree loses its parent becomes our child.
struct ReapOrphans {
  ReapOrphans() { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
  ReapOrphans(const ReapOrphans&) = delete;
  ReapOrphans& operator=(const ReapOrphans&) = delete;
  ~ReapOrphans() { prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

// Of those in the group of a command that has ended, killed with it or before.
void add_orphans(Watched& watched, pid_t group) {
  int status = 0;
  rusage usage{};
  while (os::retry_on_eintr([&] {
           return os::syscalls.wait4(-group, &status, 0, &usage);
         }) > 0) {
    add(watched, usage);
  }
}

// The terminal, if there is one and it is ours to lend: whoever reads from it
// without having it is stopped by the system. By its own name, for none of our
// streams need be it.
os::UniqueFd terminal_to_lend() {
  os::UniqueFd terminal(os::retry_on_eintr([] {
    return os::syscalls.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
  }));
  if (terminal && tcgetpgrp(terminal.get()) != getpgrp()) {
    terminal.reset();
  }
  return terminal;
}

void take_terminal(const os::UniqueFd& terminal) {
  // Who takes it from the background is stopped, unless he ignores the signal.
  const os::ScopedSignalHandler stay(SIGTTOU, SIG_IGN);
  tcsetpgrp(terminal.get(), getpgrp());
}

// The signal that has stopped a child of ours; zero if none has.
int stopped_by(pid_t pid) {
  siginfo_t info{};
  // Without taking the news away: it is asked for again.
  if (os::syscalls.waitid(P_PID, static_cast<id_t>(pid), &info,
                          WSTOPPED | WNOHANG | WNOWAIT) == -1) {
    return 0;
  }
  return info.si_pid == pid ? info.si_status : 0;
}

// In the child. On success it does not return, and the pipe closes by itself;
// otherwise the reason goes through it.
void become(const std::vector<std::string>& command,
            const os::UniqueFd& terminal, int tell) {
  if (terminal) {
    take_terminal(terminal);
  }
  signal(SIGPIPE, SIG_DFL);  // ours is ignored, which would be inherited
  // `bazel run` has moved us; the command's paths mean where the user stands.
  const char* const stood_in = std::getenv("BUILD_WORKING_DIRECTORY");
  if (stood_in == nullptr || chdir(stood_in) == 0) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
  }
  const int error = errno;
  os::write_all(tell, std::as_bytes(std::span(&error, 1)));
  _exit(127);
}

// Looks until the command has ended.
void look_until_end(const support::ChildTree& child, Lookout& lookout,
                    bool with_terminal, const std::string& name) {
  auto& clock = scheduler::SteadyClock::instance();
  auto next = clock.now() + kBetweenLooks / 2;
  for (;;) {
    support::throw_if_interrupted();
    pollfd ended = {.fd = child.pidfd(), .events = POLLIN, .revents = 0};
    const auto left = std::max<scheduler::Duration>(
        next - clock.now(), scheduler::Duration::zero());
    // Rounded up, or the last millisecond would be spent asking.
    const int ready = os::syscalls.poll(
        &ended, 1,
        static_cast<int>(
            std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    if (ready == -1 && errno != EINTR) {
      os::throw_errno("poll");
    }
    if (ready == 1) {
      return;
    }
    if (clock.now() >= next) {
      lookout.look();
      next = std::max(next + kBetweenLooks, clock.now());
      const int stop = stopped_by(child.pid());
      // Ctrl-Z has reached it alone: no shell knows of it, so nobody else
      // would ever let it go on.
      if (with_terminal && stop != 0) {
        os::syscalls.kill(-child.pid(), SIGCONT);
      } else if (stop == SIGTTIN || stop == SIGTTOU) {
        throw std::runtime_error(
            name +
            ": stopped by the system: it wants the terminal, and another "
            "program has it");
      }
    }
  }
}

}  // namespace

CannotRun::CannotRun(const std::string& command, int error)
    : std::runtime_error(command + ": cannot be run: " + std::strerror(error)),
      exit_code_(error == ENOENT ? 127 : 126) {}

Watched watch(const std::vector<std::string>& command) {
  auto& clock = scheduler::SteadyClock::instance();
  const os::UniqueFd terminal = terminal_to_lend();
  const ReapOrphans reap_orphans;
  Watched watched;
  os::Pipe refusal = os::make_pipe();
  const auto began = clock.now();
  support::ChildTree child(
      [&] { become(command, terminal, refusal.writer.get()); });
  const pid_t group = child.pid();
  // However this function is left: the shell that waits for us wants it back.
  struct TakeBack {
    const os::UniqueFd& terminal;
    ~TakeBack() {
      if (terminal) {
        take_terminal(terminal);
      }
    }
  } const take_back{terminal};
  refusal.writer.reset();
  int error = 0;
  if (os::read_all(refusal.reader.get(),
                   std::as_writable_bytes(std::span(&error, 1))) != 0) {
    throw CannotRun(command.front(), error);
  }
  Lookout lookout(watched);
  look_until_end(child, lookout, static_cast<bool>(terminal), command.front());
  watched.wall_s = scheduler::in_seconds(clock.now() - began);
  const support::ChildTree::Ended ended = child.wait();
  watched.exit_code = ended.exit_code;
  add(watched, ended.usage);
  add_orphans(watched, group);
  return watched;
}

}  // namespace demos
