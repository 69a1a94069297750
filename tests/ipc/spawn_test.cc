// The promises of ipc/spawn.h.
#include "ipc/spawn.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "tests/ipc/family.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

int changed = 0;

void answer(Connection to_parent, int number, std::vector<std::string> words) {
  to_parent.send(number + changed);
  to_parent.send(words);
  to_parent.send(current_process().name);
  to_parent.send(os::open_descriptors().size());
}
const Spawnable answer_by_name("answer", &answer);

void fail() {
  throw std::runtime_error("no luck");
}
const Spawnable fail_by_name("fail", &fail);

void end_with(int code) {
  _exit(code);
}
const Spawnable end_by_name("end_with", &end_with);

void sleep_for_ever() {
  for (;;) {
    pause();
  }
}
const Spawnable sleep_by_name("sleep", &sleep_for_ever);

// The error of a use before the guard, seen by the test below.
const bool refused_without_guard = [] {
  try {
    const Process process = fail_by_name.process();
    return false;
  } catch (const std::logic_error&) {
    return true;
  }
}();

// main() belongs to the test library, so the guard stands here, behind the
// table that it needs.
const bool guard = [] {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) {
    words.push_back(word);
  }
  file.close();  // or the spawned one has it open
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  run_if_spawned(static_cast<int>(argv.size()), argv.data());
  return true;
}();

TEST(Spawn, AFreshImageRunsTheFunctionWithItsArguments) {
  changed = 100;  // a fork would see it
  // Made by somebody who does not think of exec.
  const os::UniqueFd foreign(open("/dev/null", O_RDONLY));
  ASSERT_TRUE(foreign);
  auto [ours, theirs] = make_pipe();
  Process child = answer_by_name.process(std::move(theirs), 7, {"a", ""});
  child.set_name("fresh");
  child.start();
  EXPECT_EQ(ours.recv<int>(), 7);
  EXPECT_EQ(ours.recv<std::vector<std::string>>(),
            (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(ours.recv<std::string>(), "fresh");
  // I1: the standard three and the connection.
  EXPECT_EQ(ours.recv<size_t>(), 4u);
  EXPECT_EQ(ending_of(std::move(child)), 0);
}

// I2
TEST(Spawn, ExitCodesAndSignalsAreThoseOfAnyProcess) {
  for (const auto& [make, code] : {std::pair(0, 0), std::pair(7, 7)}) {
    Process child = end_by_name.process(make);
    child.start();
    EXPECT_EQ(ending_of(std::move(child)), code);
  }
  Process sleeper = sleep_by_name.process();
  sleeper.start();
  sleeper.kill();
  EXPECT_EQ(ending_of(std::move(sleeper)), -9);
}

TEST(Spawn, AnUncaughtErrorGivesExitCodeOne) {
  Process child = fail_by_name.process();
  child.start();
  EXPECT_EQ(ending_of(std::move(child)), 1);
}

TEST(Spawn, WithoutTheGuardInMainNothingIsSpawned) {
  EXPECT_TRUE(guard);
  EXPECT_TRUE(refused_without_guard);
}

TEST(Spawn, NoMoreProcessesIsAnError) {
  const tests::SwapSyscall swap(&os::Syscalls::fork, []() -> pid_t {
    errno = EAGAIN;
    return -1;
  });
  Process child = fail_by_name.process();
  EXPECT_EQ(refusal([&] { child.start(); }), EAGAIN);
}

}  // namespace
}  // namespace ipc
