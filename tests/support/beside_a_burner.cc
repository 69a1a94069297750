// Runs a command beside a process that burns every cycle nobody else wants.
//
//   bazel test --run_under=//tests/support:beside_a_burner //tests/loop:...
//
// A race that needs a thread to be moved off its processor at a bad moment does
// not show on an idle machine. The burner is as polite as can be (nice 19), so
// it takes next to no time from the command and all that the command leaves.
// It fills one processor: beside as many commands at a time as there are
// processors, none is ever idle, and who wakes up takes one from somebody.
//
// The burner is the command's brother and not its child: a test counts its
// children. It ends with this process, however that ends.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr int kCannotRun = 127;  // as a shell says it

[[noreturn]] void burn(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || nice(19) != 19) {
    _exit(EXIT_FAILURE);
  }
  for (volatile unsigned turns = 0;;) {
    turns = turns + 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: beside_a_burner COMMAND [ARGUMENT...]\n");
    return EXIT_FAILURE;
  }
  // A starter's "ignored" would be inherited, and then nobody could be waited
  // for.
  std::signal(SIGCHLD, SIG_DFL);
  const pid_t self = getpid();
  const pid_t burner = fork();
  if (burner == 0) {
    burn(self);
  }
  const pid_t command = burner < 0 ? -1 : fork();
  if (command == 0) {
    execv(argv[1], argv + 1);
    std::perror(argv[1]);
    _exit(kCannotRun);
  }
  if (command < 0) {
    std::perror("fork");
    return EXIT_FAILURE;  // the burner ends with this process
  }
  int status = 0;
  while (waitpid(command, &status, 0) < 0) {
    if (errno != EINTR) {
      std::perror("waitpid");
      return EXIT_FAILURE;
    }
  }
  // A burner that is gone burned nothing, and the run was not what it claims.
  if (waitpid(burner, nullptr, WNOHANG) != 0) {
    std::fprintf(stderr, "beside_a_burner: the burner went out\n");
    return EXIT_FAILURE;
  }
  if (WIFSIGNALED(status)) {
    raise(WTERMSIG(status));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
