#include "ipc/child.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "ipc/remote_error.h"
#include "ipc/wait.h"
#include "os/io.h"
#include "os/signals.h"
#include "os/syscall.h"

namespace ipc {

namespace {

// The exit code of a child that somebody else has waited for, or the system
// because SIGCHLD is ignored. How it ended is lost; asyncio says 255 then.
constexpr int kLost = 255;

// Not fflush(nullptr), which takes the lock of every stream: a thread that
// waits for a line of standard input holds one until the line comes.
void flush_output() {
  std::cout.flush();
  std::clog.flush();
  fflush(stdout);
  fflush(stderr);
}

// Closes everything above standard error that is not in `kept`.
void close_others(std::span<const int> kept) {
  std::vector<int> open(kept.begin(), kept.end());
  std::sort(open.begin(), open.end());
  unsigned from = STDERR_FILENO + 1;
  const auto close_up_to = [&](unsigned last) {
    if (from <= last) {
      os::check(os::syscalls.close_range(from, last, 0), "close_range");
    }
  };
  for (const int fd : open) {
    if (fd < 0) {
      continue;  // an empty UniqueFd: as a number it would be the highest
    }
    const auto number = static_cast<unsigned>(fd);
    if (number >= from) {
      close_up_to(number - 1);
      from = number + 1;
    }
  }
  close_up_to(std::numeric_limits<unsigned>::max());
}

[[noreturn]] void run_child(std::string_view name,
                            const std::function<void()>& body,
                            std::span<const int> kept) {
  int code = 0;
  // Nothing may escape: above this frame is a copy of the parent's stack. [I1]
  try {
    try {
      os::reset_signals_in_child();
      close_others(kept);
      body();
    } catch (...) {
      code = 1;
      report_uncaught(name);
    }
    flush_output();
  } catch (...) {
    code = 1;  // standard error is gone: there is nobody left to tell
  }
  // Not exit(): it would run the parent's exit handlers and destructors.
  _exit(code);
}

}  // namespace

void report_uncaught(std::string_view name) {
  const ErrorReport error = current_error();
  std::string line = "Process " + std::string(name) + ": " + error.type_name;
  if (!error.text.empty()) {
    line += ": " + error.text;
  }
  line += "\n";
  // One write, so that lines of several children do not mix.
  os::write_all(STDERR_FILENO, os::bytes_of(line));
}

Child fork_child(std::string_view name, const std::function<void()>& body,
                 std::span<const int> kept) {
  flush_output();
  Child child = [&] {
    // No handler of the parent may run in the child before the reset.
    const auto mask = os::ScopedSignalMask::all();
    const pid_t pid = os::check(os::syscalls.fork(), "fork");
    if (pid == 0) {
      run_child(name, body, kept);
    }
    return Child(pid);
  }();
  const int sentinel = os::syscalls.pidfd_open(child.pid_, 0);
  if (sentinel == -1 && errno == ESRCH) {
    // Ended and reaped already, as SIGCHLD is ignored. What is left to say is
    // that it has ended, and an eventfd that counts 1 is as readable as that.
    child.exit_code_ = kLost;
    child.sentinel_.reset(
        os::check(os::syscalls.eventfd(1, EFD_CLOEXEC), "eventfd"));
    return child;
  }
  // Without a pidfd the destructor takes the child back.
  child.sentinel_.reset(os::check(sentinel, "pidfd_open"));
  return child;
}

Child::~Child() {
  if (pid_ != 0 && !exit_code_) {
    if (sentinel_) {
      // Not by its number: where SIGCHLD is ignored, the system reaps it at
      // its end, and the number may be a stranger's by now.
      os::syscalls.pidfd_send_signal(sentinel_.get(), SIGKILL, nullptr, 0);
    } else {
      // fork_child() got no pidfd. Its number is all there is; it is a moment
      // old only, and safe unless SIGCHLD is ignored.
      os::syscalls.kill(pid_, SIGKILL);
    }
    reap(0);
  }
}

std::optional<int> Child::exit_code() {
  if (!exit_code_) {
    reap(WNOHANG);
  }
  return exit_code_;
}

bool Child::wait(std::optional<scheduler::Duration> timeout) {
  if (!exit_code_ && (!timeout || !ipc::wait({sentinel()}, timeout).empty())) {
    reap(0);
  }
  return exit_code_.has_value();
}

void Child::send_signal(int signal) {
  if (!exit_code_ &&
      os::syscalls.pidfd_send_signal(sentinel_.get(), signal, nullptr, 0) ==
          -1 &&
      errno != ESRCH) {
    os::throw_errno("pidfd_send_signal");
  }
}

void Child::reap(int options) {
  siginfo_t info = {};
  const int result = os::retry_on_eintr([&] {
    return os::syscalls.waitid(P_PID, static_cast<id_t>(pid_), &info,
                               WEXITED | options);
  });
  if (result == -1) {
    exit_code_ = kLost;  // ECHILD
  } else if (info.si_pid != 0) {
    exit_code_ = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
  }
}

}  // namespace ipc
