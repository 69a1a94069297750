#include "demos/support/child_tree.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cassert>
#include <cstdio>
#include <exception>
#include <iostream>
#include <utility>

#include "os/signals.h"
#include "os/syscall.h"

namespace demos::support {

namespace {

[[noreturn]] void live_as_child(pid_t parent,
                                const std::function<void()>& body) {
  setpgid(0, 0);  // cannot fail for a process that has just been forked
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(1);  // the parent died before we asked to be told
  }
  os::reset_signals_in_child();
  // _exit on every path: exit() would flush the parent's buffers a second time
  // and run its destructors here.
  try {
    body();
    std::cout.flush();
    _exit(0);
  } catch (const std::exception& error) {
    std::cerr << "child " << getpid() << ": " << error.what() << std::endl;
  } catch (...) {
    std::cerr << "child " << getpid() << ": unknown exception" << std::endl;
  }
  _exit(1);
}

}  // namespace

ChildTree::ChildTree(const std::function<void()>& body) {
  // What is buffered now would be printed by the child as well.
  // Not that of all streams: a thread that waits for a line of standard input
  // holds the lock of that one until the line comes.
  std::cout.flush();
  std::fflush(stdout);
  const pid_t parent = getpid();
  pid_ = os::check(os::syscalls.fork(), "fork");
  if (pid_ == 0) {
    live_as_child(parent, body);
  }
  // Both sides do it: whichever comes first, the group exists from here on.
  // EACCES or ESRCH would mean that the child has done so already.
  setpgid(pid_, pid_);
  pidfd_ = os::UniqueFd(os::syscalls.pidfd_open(pid_, 0));
  if (!pidfd_) {
    const int error = errno;
    end_group_and_reap();  // the destructor does not run for us
    os::throw_error(error, "pidfd_open");
  }
}

ChildTree::~ChildTree() {
  if (pid_ != 0) {
    end_group_and_reap();
  }
}

ChildTree::Ended ChildTree::wait() {
  assert(pid_ != 0 && "a child can be waited for once");
  // Without reaping it, so that the group can still be named. [I1]
  siginfo_t info{};
  os::check(os::retry_on_eintr([&] {
              return os::syscalls.waitid(P_PID, static_cast<id_t>(pid_), &info,
                                         WEXITED | WNOWAIT);
            }),
            "waitid");
  return end_group_and_reap();
}

ChildTree::Ended ChildTree::end_group_and_reap() {
  const pid_t pid = std::exchange(pid_, 0);
  os::syscalls.kill(-pid, SIGKILL);  // ESRCH: nobody is left, which is the aim
  int status = 0;
  Ended ended;
  // Fails only if somebody else has reaped the child, and then it is gone.
  os::retry_on_eintr(
      [&] { return os::syscalls.wait4(pid, &status, 0, &ended.usage); });
  ended.exit_code =
      WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return ended;
}

}  // namespace demos::support
