// The promises of tests/support/beside_a_burner.cc.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"

namespace tests {
namespace {

constexpr const char* kProgram = "tests/support/beside_a_burner";

pid_t start(std::vector<const char*> arguments,
            void (*on_child)(int) = SIG_DFL) {
  arguments.insert(arguments.begin(), kProgram);
  arguments.push_back(nullptr);
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    std::signal(SIGCHLD, on_child);
    execv(kProgram, const_cast<char**>(arguments.data()));
    _exit(EXIT_FAILURE);
  }
  return child;
}

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(BesideABurner, EndsAsItsCommandEnds) {
  const int exited = status_of(start({"/bin/sh", "-c", "exit 3"}));
  ASSERT_TRUE(WIFEXITED(exited));
  EXPECT_EQ(WEXITSTATUS(exited), 3);
  const int killed = status_of(start({"/bin/sh", "-c", "kill -KILL $$"}));
  ASSERT_TRUE(WIFSIGNALED(killed));
  EXPECT_EQ(WTERMSIG(killed), SIGKILL);
}

// An ignored signal stays ignored over exec.
TEST(BesideABurner, WaitsForItsCommandThoughItsStarterIgnoresItsChildren) {
  const int status = status_of(start({"/bin/sh", "-c", "exit 3"}, SIG_IGN));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(BesideABurner, SaysThatItCannotRunACommand) {
  const int status = status_of(start({"/no/such/program"}));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 127);
}

TEST(BesideABurner, BurnsAtTheLowestPriorityForAsLongAsTheCommandRuns) {
  os::Pipe gate = os::make_pipe();
  const std::string descriptor = std::to_string(gate.reader.get());
  ASSERT_EQ(fcntl(gate.reader.get(), F_SETFD, 0), 0);  // the command's input
  const pid_t runner =
      start({"/bin/sh", "-c", ("read line <&" + descriptor).c_str()});
  std::vector<pid_t> brothers;
  while (brothers.size() < 2) {
    brothers = os::children_of(runner);
  }
  const pid_t burner = brothers.front();
  while (getpriority(PRIO_PROCESS, static_cast<id_t>(burner)) != 19) {
  }
  gate.writer.reset();
  status_of(runner);
  // It belongs to nobody here any more; whoever adopts it reaps it.
  while (os::thread_state(burner, burner).value_or('Z') != 'Z') {
  }
}

}  // namespace
}  // namespace tests
