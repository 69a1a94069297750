// The promises of tests/support/leak_listener.h: each kind of leak is seen.
#include "tests/support/leak_listener.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/syscall.h"

namespace tests {
namespace {

// What appeared since `before`, told by the kind alone.
std::vector<std::string> new_kinds(const std::vector<std::string>& before) {
  std::vector<std::string> kinds;
  for (const std::string& leak : leaks_between(before, held_resources())) {
    kinds.push_back(leak.substr(0, leak.find(' ')));
  }
  return kinds;
}

TEST(LeakListener, SeesAnOpenDescriptor) {
  const auto before = held_resources();
  const os::Pipe pipe = os::make_pipe();
  EXPECT_EQ(new_kinds(before),
            (std::vector<std::string>{"descriptor", "descriptor"}));
}

TEST(LeakListener, SeesAChildAndAZombie) {
  const auto before = held_resources();
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    for (;;) {
      pause();
    }
  }
  EXPECT_EQ(new_kinds(before), std::vector<std::string>{"child"});
  kill(child, SIGKILL);
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(new_kinds(before), std::vector<std::string>{"child"});
  waitpid(child, nullptr, 0);
}

TEST(LeakListener, SeesAThread) {
  const auto before = held_resources();
  os::Pipe gate = os::make_pipe();
  std::thread thread([&] {
    std::byte byte;
    os::read_all(gate.reader.get(), {&byte, 1});
  });
  EXPECT_EQ(new_kinds(before),
            (std::vector<std::string>{"descriptor", "descriptor", "thread"}));
  gate.writer.reset();
  thread.join();
}

TEST(LeakListener, SeesASharedMemoryObject) {
  const auto before = held_resources();
  const std::string name = "/leak_listener_test." + std::to_string(getpid()) +
                           "." + std::to_string(rand());
  const int fd = shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
  ASSERT_NE(fd, -1);
  close(fd);
  EXPECT_EQ(new_kinds(before), std::vector<std::string>{"shared"});
  shm_unlink(name.c_str());
}

TEST(LeakListener, ATestThatPutsEverythingBackLeaksNothing) {
  const auto before = held_resources();
  os::make_pipe();
  EXPECT_EQ(new_kinds(before), std::vector<std::string>{});
}

}  // namespace
}  // namespace tests
