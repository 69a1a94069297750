// The promises of os/proc.h, asked of live processes.
#include "os/proc.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/mapping.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

// A forked child that waits until it is killed.
class WaitingChild {
 public:
  WaitingChild() : pid_(check(syscalls.fork(), "fork")) {
    if (pid_ == 0) {
      for (;;) {
        pause();
      }
    }
  }
  ~WaitingChild() {
    kill(pid_, SIGKILL);
    reap();
  }
  // Ends it without reaping: a zombie from then on.
  void end() const {
    kill(pid_, SIGKILL);
    siginfo_t info;
    syscalls.waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
  void reap() const { syscalls.wait4(pid_, nullptr, 0, nullptr); }
  pid_t pid() const { return pid_; }

 private:
  const pid_t pid_;
};

TEST(Proc, ThisProcessIsRunning) {
  const auto status = read_status(getpid());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->state, 'R');
  EXPECT_EQ(status->parent, getppid());
  EXPECT_GT(status->rss_bytes, 0);
}

TEST(Proc, AWaitingChildSleepsAndAnEndedOneIsAZombie) {
  const WaitingChild child;
  auto& clock = scheduler::SteadyClock::instance();
  const auto give_up = clock.now() + std::chrono::seconds(10);
  while (read_status(child.pid())->state != 'S' && clock.now() < give_up) {
    clock.sleep_for(std::chrono::microseconds(100));
  }
  EXPECT_EQ(read_status(child.pid())->state, 'S');
  child.end();
  EXPECT_EQ(read_status(child.pid())->state, 'Z');
  EXPECT_EQ(read_status(child.pid())->rss_bytes, 0);
}

// I1
TEST(Proc, AProcessThatIsGoneIsAnAnswerAndNoError) {
  const WaitingChild child;
  child.end();
  child.reap();
  EXPECT_FALSE(read_status(child.pid()));
  EXPECT_FALSE(read_pss(child.pid()));
  EXPECT_TRUE(children_of(child.pid()).empty());
  EXPECT_TRUE(threads_of(child.pid()).empty());
}

// I1
TEST(Proc, AZombieHasNoMemoryToAskFor) {
  const WaitingChild child;
  child.end();
  EXPECT_FALSE(read_pss(child.pid()));
}

TEST(Proc, ChildrenAreListedZombiesIncluded) {
  const WaitingChild alive;
  const WaitingChild dead;
  dead.end();
  const std::vector<pid_t> children = children_of(getpid());
  for (const pid_t pid : {alive.pid(), dead.pid()}) {
    EXPECT_NE(std::find(children.begin(), children.end(), pid), children.end());
  }
  const std::vector<pid_t> tree = tree_of(getpid());
  EXPECT_EQ(tree.front(), getpid());
  EXPECT_EQ(tree.size(), 1 + children.size());
}

TEST(Proc, ThreadsAreCountedAndListed) {
  const size_t before = threads_of(getpid()).size();
  const Pipe gate = make_pipe();
  std::thread waiting([&] {
    std::byte byte;
    read_all(gate.reader.get(), {&byte, 1});
  });
  EXPECT_EQ(threads_of(getpid()).size(), before + 1);
  EXPECT_EQ(static_cast<size_t>(read_status(getpid())->threads), before + 1);
  write_all(gate.writer.get(), bytes_of("x"));
  waiting.join();
}

TEST(Proc, AThreadTellsItsStateUntilItIsGone) {
  const WaitingChild child;
  const auto letter = [&] { return thread_state(child.pid(), child.pid()); };
  while (letter() != 'S') {
    std::this_thread::yield();
  }
  child.end();
  EXPECT_EQ(letter(), 'Z');
  child.reap();
  EXPECT_FALSE(letter());
}

TEST(Proc, TouchedMemoryShowsInTheProportionalSize) {
  const int64_t before = read_pss(getpid()).value();
  const size_t size = 8 << 20;
  const Mapping mapping = Mapping::anonymous(size, Mapping::Sharing::kPrivate);
  std::fill(mapping.bytes().begin(), mapping.bytes().end(), std::byte{1});
  EXPECT_GE(read_pss(getpid()).value() - before,
            static_cast<int64_t>(size) * 9 / 10);
}

TEST(Proc, OpenDescriptorsNameTheirTargets) {
  const Pipe pipe = make_pipe();
  const std::vector<std::string> lines = open_descriptors();
  const std::string start = std::to_string(pipe.reader.get()) + " -> pipe:[";
  EXPECT_TRUE(std::any_of(
      lines.begin(), lines.end(),
      [&](const std::string& line) { return line.starts_with(start); }));
}

TEST(Proc, DescriptorsOfAnotherProcessAreSeenFromOutside) {
  const Pipe pipe = make_pipe();
  const WaitingChild child;
  EXPECT_EQ(open_descriptors(child.pid()), open_descriptors());
}

TEST(Proc, TheListOfDescriptorsLeavesOutItsOwn) {
  EXPECT_EQ(open_descriptors(), open_descriptors());
}

TEST(Proc, NoDescriptorLeftIsAnErrorThatNamesTheCall) {
  const tests::SwapSyscall none_left(&Syscalls::open,
                                     [](const char*, int, mode_t) {
                                       errno = EMFILE;
                                       return -1;
                                     });
  try {
    read_status(getpid());
    FAIL() << "the file was opened";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()), "open(/proc): Too many open files");
  }
}

TEST(Proc, AFieldIsFoundByItsWholeName) {
  const char* const text = "VmRSSx:\t1 kB\nnonvoluntary:\t7\nvoluntary:\t9\n";
  EXPECT_EQ(field(text, "voluntary"), 9);
  EXPECT_EQ(field(text, "nonvoluntary"), 7);
  EXPECT_EQ(field(text, "VmRSS"), std::nullopt);
  EXPECT_EQ(field("", "VmRSS"), std::nullopt);
  EXPECT_EQ(field("Key:", "Key"), std::nullopt);
  EXPECT_EQ(field("Key: none", "Key"), std::nullopt);
}

}  // namespace
}  // namespace os
