// The promises of ipc/process.h and ipc/child.h.
#include "ipc/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/pipe.h"
#include "ipc/wait.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/signals.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;

// Never returns: what a child does that is to be killed.
void sleep_for_ever() {
  for (;;) {
    pause();
  }
}

// A child whose standard input another thread waits for, all the while.
void fork_while_a_line_is_awaited() {
  os::Pipe input = os::make_pipe();
  os::check(dup2(input.reader.get(), STDIN_FILENO), "dup2");
  std::thread reader([] { getc(stdin); });
  while (ftrylockfile(stdin) == 0) {  // until it is in there
    funlockfile(stdin);
    sched_yield();
  }
  Process grandchild([] {});
  grandchild.start();
  grandchild.join();
  os::write_all(input.writer.get(), os::bytes_of("\n"));
  reader.join();
}

// Waits until the parent has closed its end: a child that ends when told to.
void wait_for_end(Connection from_parent) {
  try {
    from_parent.recv_bytes();
  } catch (const EOFError&) {
  }
}

std::optional<int> exit_code_of(Process process) {
  process.start();
  process.join();
  return process.exitcode();
}

// What `body` writes to standard error in a child.
template <class Body>
std::string standard_error_of(Body body) {
  os::Pipe pipe = os::make_pipe();
  Process child(
      [body](os::UniqueFd writer) {
        dup2(writer.get(), STDERR_FILENO);
        body();
      },
      std::move(pipe.writer));
  child.start();
  std::string text(4096, '\0');
  text.resize(os::read_all(pipe.reader.get(),
                           std::as_writable_bytes(std::span<char>(text))));
  child.join();
  return text;
}

// PROC-01
TEST(Process, HasPidAndLifeAfterStartAndAnExitCodeAfterJoin) {
  auto [ours, theirs] = make_pipe();
  Process process(&wait_for_end, std::move(theirs));
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.pid(), std::nullopt);
  EXPECT_EQ(process.exitcode(), std::nullopt);
  process.start();
  EXPECT_TRUE(process.is_alive());
  EXPECT_GT(process.pid(), 0);
  EXPECT_EQ(process.exitcode(), std::nullopt);
  ours.close();
  EXPECT_TRUE(process.join());
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.exitcode(), 0);
}

// PROC-02
TEST(Process, WorksOnACopyOfTheMemory) {
  int value = 1;
  auto [ours, theirs] = make_pipe();
  Process process(
      [&value](Connection to_parent) {
        value = 2;
        to_parent.send(value);
      },
      std::move(theirs));
  process.start();
  EXPECT_EQ(ours.recv<int>(), 2);
  process.join();
  EXPECT_EQ(value, 1);
}

TEST(Process, PassesItsArgumentsToTheTarget) {
  auto [ours, theirs] = make_pipe();
  Process process(
      [](Connection to_parent, const std::string& name, int number) {
        to_parent.send(name + std::to_string(number));
      },
      std::move(theirs), "bob", 7);
  process.start();
  EXPECT_EQ(ours.recv<std::string>(), "bob7");
  process.join();
}

TEST(Process, KeepsItsDescriptorsBesideAnEmptyOne) {
  auto [ours, theirs] = make_pipe();
  Process process(
      [](os::UniqueFd none, Connection to_parent) {
        to_parent.send(!none && fcntl(STDERR_FILENO, F_GETFD) != -1);
      },
      os::UniqueFd(), std::move(theirs));
  process.start();
  EXPECT_TRUE(ours.recv<bool>());
  process.join();
  EXPECT_EQ(process.exitcode(), 0);
}

TEST(Process, KeepsDescriptorsInsideRangesPairsAndOptionals) {
  auto [ours_a, theirs_a] = make_pipe();
  auto [ours_b, theirs_b] = make_pipe();
  os::Pipe pipe = os::make_pipe();
  std::vector<std::pair<Connection, int>> pairs;
  pairs.emplace_back(std::move(theirs_a), 7);
  std::vector<os::UniqueFd> fds;
  fds.push_back(std::move(pipe.writer));
  Process process(
      [](std::vector<std::pair<Connection, int>> to_parent,
         std::optional<Connection> also_to_parent, std::optional<Connection>,
         std::vector<os::UniqueFd> writers, const std::vector<int>&) {
        to_parent[0].first.send(to_parent[0].second);
        also_to_parent->send(8);
        os::write_all(writers[0].get(), os::bytes_of("9"));
      },
      std::move(pairs), std::optional(std::move(theirs_b)),
      std::optional<Connection>(), std::move(fds), std::vector<int>{1});
  process.start();
  EXPECT_EQ(ours_a.recv<int>(), 7);
  EXPECT_EQ(ours_b.recv<int>(), 8);
  std::byte digit{};
  EXPECT_EQ(os::read_all(pipe.reader.get(), std::span(&digit, 1)), 1U);
  EXPECT_EQ(digit, std::byte('9'));
  process.join();
}

// PROC-03
TEST(Process, IsStartedOnceAndJoinedOnlyAfterwards) {
  Process process([] {});
  EXPECT_THROW(process.join(), std::logic_error);
  process.start();
  EXPECT_THROW(process.start(), std::logic_error);
  EXPECT_TRUE(process.join());
  EXPECT_TRUE(process.join());
}

TEST(Process, JoinWithATimeoutGivesUpInTime) {
  auto [ours, theirs] = make_pipe();
  Process process(&wait_for_end, std::move(theirs));
  process.start();
  EXPECT_FALSE(process.join(seconds(0)));
  EXPECT_FALSE(process.join(seconds(0.02)));
  ours.close();
  EXPECT_TRUE(process.join(seconds(10)));
}

// PROC-04
TEST(Process, AskingForLifeOrExitCodeLeavesNoZombie) {
  Process process([] {});
  process.start();
  const pid_t pid = *process.pid();
  wait({process.sentinel()});
  EXPECT_EQ(os::read_status(pid)->state, 'Z');
  EXPECT_FALSE(process.is_alive());
  EXPECT_FALSE(os::read_status(pid));
}

// PROC-05
TEST(Process, TerminateAndKillEndItByTheirSignals) {
  Process terminated(&sleep_for_ever);
  terminated.start();
  terminated.terminate();
  terminated.join();
  EXPECT_EQ(terminated.exitcode(), -SIGTERM);
  Process killed(&sleep_for_ever);
  killed.start();
  killed.kill();
  killed.join();
  EXPECT_EQ(killed.exitcode(), -SIGKILL);
}

// PROC-05
TEST(Process, TerminatingAnEndedProcessIsNoError) {
  Process process([] {});
  process.start();
  wait({process.sentinel()});
  process.terminate();
  process.join();
  process.kill();
  EXPECT_EQ(process.exitcode(), 0);
}

// A parent that has SIGTERM blocked would hand that down.
TEST(Process, TerminateWorksThoughTheParentHasItBlocked) {
  const os::ScopedSignalMask mask{SIGTERM};
  Process process(&sleep_for_ever);
  process.start();
  process.terminate();
  EXPECT_TRUE(process.join(seconds(10)));
  EXPECT_EQ(process.exitcode(), -SIGTERM);
}

TEST(Process, DoesNotInheritSignalHandlers) {
  const os::ScopedSignalHandler handler(SIGTERM, [](int) {});
  Process process(&sleep_for_ever);
  process.start();
  process.terminate();
  EXPECT_TRUE(process.join(seconds(10)));
}

// PROC-06
TEST(Process, CloseEndsTheUseOfTheObject) {
  Process process([] {});
  process.start();
  process.join();
  process.close();
  EXPECT_THROW(process.is_alive(), std::invalid_argument);
  EXPECT_THROW(process.join(), std::invalid_argument);
  EXPECT_THROW(process.start(), std::invalid_argument);
}

// PROC-06
TEST(Process, ARunningOneCannotBeClosed) {
  Process process(&sleep_for_ever);
  process.start();
  EXPECT_THROW(process.close(), std::invalid_argument);
}

// PROC-07
TEST(Process, BecomesADaemonOnlyBeforeItIsStarted) {
  Process process([] {});
  process.set_daemon(true);
  process.start();
  EXPECT_THROW(process.set_daemon(false), std::logic_error);
  EXPECT_TRUE(process.daemon());
  process.join();
}

// PROC-07
TEST(Process, ADaemonMayNotHaveChildren) {
  auto [ours, theirs] = make_pipe();
  Process process(
      [](Connection to_parent) {
        Process grandchild([] {});
        try {
          grandchild.start();
        } catch (const std::logic_error& error) {
          to_parent.send(error.what());
        }
      },
      std::move(theirs));
  process.set_daemon(true);
  process.start();
  EXPECT_EQ(ours.recv<std::string>(),
            "a daemonic process may not have children");
  process.join();
}

// A child that leaves a grandchild to the end of its own process. The
// grandchild is made with new and never deleted, so that no destructor ends it.
void leave_behind(bool daemon, Connection report) {
  auto [ours, theirs] = make_pipe();
  auto* const grandchild = new Process(
      [daemon](Connection to_grandparent, Connection to_parent) {
        to_grandparent.send("started");
        to_parent.send("started");
        if (daemon) {
          sleep_for_ever();
        }
        wait_for_end(std::move(to_parent));  // its function has returned
        to_grandparent.send("done");
      },
      std::move(report), std::move(theirs));
  grandchild->set_daemon(daemon);
  grandchild->start();
  ours.recv<std::string>();
}

// PROC-08
TEST(Process, DaemonsAreTerminatedWhenTheirParentEnds) {
  auto [ours, theirs] = make_pipe();
  Process child(&leave_behind, true, std::move(theirs));
  child.start();
  EXPECT_TRUE(child.join(seconds(10)));
  EXPECT_EQ(ours.recv<std::string>(), "started");
  EXPECT_THROW(ours.recv<std::string>(), EOFError);
}

TEST(Process, AThreadThatWaitsForStandardInputKeepsNobodyFromForking) {
  Process child(&fork_while_a_line_is_awaited);
  child.start();
  EXPECT_TRUE(child.join(seconds(10)));
  EXPECT_EQ(child.exitcode(), 0);
}

// PROC-09
TEST(Process, OtherChildrenAreWaitedForWhenTheirParentEnds) {
  auto [ours, theirs] = make_pipe();
  Process child(&leave_behind, false, std::move(theirs));
  child.start();
  EXPECT_TRUE(child.join(seconds(10)));
  // All of it had been sent when the child ended.
  EXPECT_TRUE(ours.poll());
  EXPECT_EQ(ours.recv<std::string>(), "started");
  EXPECT_TRUE(ours.poll());
  EXPECT_EQ(ours.recv<std::string>(), "done");
}

// PROC-09 once more: there is no number left for a copy of a sentinel.
TEST(Process, ChildrenAreWaitedForAlsoWhenDescriptorsHaveRunOut) {
  const tests::SwapSyscall refuse(&os::Syscalls::fcntl,
                                  [](int fd, int command, int argument) {
                                    if (command == F_DUPFD_CLOEXEC) {
                                      errno = EMFILE;
                                      return -1;
                                    }
                                    return ::fcntl(fd, command, argument);
                                  });
  auto [ours, theirs] = make_pipe();
  Process child(&leave_behind, false, std::move(theirs));
  child.start();
  EXPECT_TRUE(child.join(seconds(10)));
  EXPECT_TRUE(ours.poll());
  EXPECT_EQ(ours.recv<std::string>(), "started");
  EXPECT_TRUE(ours.poll());
  EXPECT_EQ(ours.recv<std::string>(), "done");
}

// PROC-08 and PROC-09 by way of exit(), where destructors of locals do not
// run: the one kind of child is terminated, the other one waited for.
TEST(Process, ChildrenAreSeenToByADirectExit) {
  for (const bool daemon : {true, false}) {
    auto [ours, theirs] = make_pipe();
    Process child(
        [daemon](Connection report) {
          leave_behind(daemon, std::move(report));
          exit(0);
        },
        std::move(theirs));
    child.start();
    EXPECT_TRUE(child.join(seconds(10)));
    EXPECT_TRUE(ours.poll());
    EXPECT_EQ(ours.recv<std::string>(), "started");
    if (!daemon) {
      EXPECT_TRUE(ours.poll());
      EXPECT_EQ(ours.recv<std::string>(), "done");
    }
    EXPECT_THROW(ours.recv<std::string>(), EOFError);
  }
}

// PROC-10
TEST(Process, ItsSentinelIsReadyWhenItEnds) {
  auto [ours, theirs] = make_pipe();
  Process process(&wait_for_end, std::move(theirs));
  EXPECT_THROW(process.sentinel(), std::invalid_argument);
  process.start();
  EXPECT_TRUE(wait({process.sentinel(), ours}, seconds(0)).empty());
  process.kill();
  // The process and the end of its connection, together.
  while (wait({process.sentinel(), ours}).size() < 2) {
  }
  process.join();
}

// PROC-12
TEST(Process, AnUncaughtErrorIsPrintedWithItsTypeAndGivesExitCodeOne) {
  const std::string text = standard_error_of([] {
    Process process([] { throw std::out_of_range("no such key"); });
    process.set_name("worker");
    process.start();
    process.join();
    _exit(process.exitcode() == 1 ? 0 : 2);
  });
  EXPECT_EQ(text, "Process worker: std::out_of_range: no such key\n");
  EXPECT_EQ(standard_error_of([] {
              Process process([] { throw 42; });
              process.set_name("worker");
              process.start();
              process.join();
            }),
            "Process worker: int\n");
}

// PROC-12
TEST(Process, AnUncaughtErrorGivesExitCodeOne) {
  EXPECT_EQ(exit_code_of(Process([] {
              close(STDERR_FILENO);  // nobody to tell: still exit code 1
              throw std::runtime_error("unheard");
            })),
            1);
}

TEST(Process, ExitsWithTheCodeOfADirectExit) {
  EXPECT_EQ(exit_code_of(Process([] { _exit(7); })), 7);
}

// PROC-13: a user's lock stays held; glibc's own do not (the child allocates).
TEST(Process, ALockHeldByAnotherThreadStaysHeldInTheChild) {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  std::atomic<bool> held = false;
  std::atomic<bool> tried = false;
  std::thread holder([&] {
    pthread_mutex_lock(&lock);
    held = true;
    held.notify_one();
    tried.wait(false);
    pthread_mutex_unlock(&lock);
  });
  held.wait(false);
  Process child([&lock] {
    const std::string allocated(1000, 'x');
    _exit(pthread_mutex_trylock(&lock) == EBUSY ? 0 : 1);
  });
  child.start();
  EXPECT_TRUE(child.join(seconds(10)));
  EXPECT_EQ(child.exitcode(), 0);
  tried = true;
  tried.notify_one();
  holder.join();
  pthread_mutex_destroy(&lock);
}

// PROC-13: the calling thread only.
TEST(Process, StartsWithOneThread) {
  std::atomic<bool> counted = false;
  std::thread other([&counted] { counted.wait(false); });
  Process child(
      [] { _exit(static_cast<int>(os::threads_of(getpid()).size())); });
  child.start();
  child.join();
  counted = true;
  counted.notify_one();
  other.join();
  EXPECT_EQ(child.exitcode(), 1);
}

TEST(Process, HasNoDescriptorsButItsArguments) {
  auto [kept, theirs] = make_pipe();
  auto [foreign, other] = make_pipe();
  const int foreign_fd = foreign.fileno();
  Process child(
      [foreign_fd](Connection to_parent) {
        const bool closed = fcntl(foreign_fd, F_GETFD) == -1;
        to_parent.send(closed && os::open_descriptors().size() == 4);
      },
      std::move(theirs));
  child.start();
  EXPECT_TRUE(kept.recv<bool>());
  child.join();
}

// The parent's copy of an argument is gone after start, so the end of the
// child is the end of the stream, and a sibling holds no copy of it either.
TEST(Process, ItsEndIsSeenThoughASiblingLives) {
  auto [first, first_end] = make_pipe();
  auto [second, second_end] = make_pipe();
  Process one(&wait_for_end, std::move(first_end));
  one.start();
  Process two(&wait_for_end, std::move(second_end));
  two.start();
  one.kill();
  EXPECT_THROW(first.recv_bytes(), EOFError);
  second.close();
  EXPECT_TRUE(two.join(seconds(10)));
}

TEST(Process, OutputIsNotPrintedTwice) {
  os::Pipe pipe = os::make_pipe();
  Process child(
      [](os::UniqueFd writer) {
        os::check(dup2(writer.get(), STDOUT_FILENO), "dup2");
        writer.reset();
        fputs("once ", stdout);  // still in the buffer when this process forks
        Process grandchild([] {});
        grandchild.start();
        grandchild.join();
        fputs("and flushed at the end", stdout);
      },
      std::move(pipe.writer));
  child.start();
  std::string text(100, '\0');
  text.resize(os::read_all(pipe.reader.get(),
                           std::as_writable_bytes(std::span<char>(text))));
  child.join();
  EXPECT_EQ(text, "once and flushed at the end");
}

TEST(Process, KnowsItsOwnName) {
  EXPECT_EQ(current_process().name, "MainProcess");
  auto [ours, theirs] = make_pipe();
  Process process(
      [](Connection to_parent) {
        to_parent.send(current_process().name);
        to_parent.send(current_process().daemon);
      },
      std::move(theirs));
  process.set_name("child");
  process.set_daemon(true);
  process.start();
  EXPECT_EQ(ours.recv<std::string>(), "child");
  EXPECT_TRUE(ours.recv<bool>());
  process.join();
}

// I2 of child.h; the leak listener looks for what is left.
TEST(Process, LeavingTheScopeKillsAndReaps) {
  pid_t pid;
  {
    Process process(&sleep_for_ever);
    process.start();
    pid = *process.pid();
  }
  EXPECT_FALSE(os::read_status(pid));
}

TEST(Process, ARefusedForkIsAnErrorAndLeavesItStartable) {
  Process process([] {});
  {
    const tests::SwapSyscall refuse(&os::Syscalls::fork, [] {
      errno = EAGAIN;
      return pid_t{-1};
    });
    try {
      process.start();
      FAIL() << "fork was refused, but start() says nothing";
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code().value(), EAGAIN);
      EXPECT_EQ(std::string(error.what()).find("fork"), 0u);
    }
  }
  process.start();
  EXPECT_TRUE(process.join(seconds(10)));
}

// The leak listener sees whether the child is still there.
TEST(Process, NoChildIsLeftWhenThereIsNoDescriptorForItsSentinel) {
  Process process(&sleep_for_ever);
  const tests::SwapSyscall refuse(&os::Syscalls::pidfd_open,
                                  [](pid_t, unsigned) {
                                    errno = EMFILE;
                                    return -1;
                                  });
  EXPECT_THROW(process.start(), std::system_error);
}

TEST(Process, AnInterruptedJoinGoesOn) {
  static int interruptions;
  interruptions = 0;
  const tests::SwapSyscall interrupt(
      &os::Syscalls::waitid,
      [](idtype_t type, id_t id, siginfo_t* info, int options) {
        if (interruptions++ < 3) {
          errno = EINTR;
          return -1;
        }
        return ::waitid(type, id, info, options);
      });
  EXPECT_EQ(exit_code_of(Process([] {})), 0);
  EXPECT_EQ(interruptions, 4);
}

// asyncio's answer to a child that somebody else has reaped: here the system,
// before or after we had a look at it.
TEST(Process, AnExitCodeThatWasLostReads255) {
  const os::ScopedSignalHandler ignored(SIGCHLD, SIG_IGN);
  EXPECT_EQ(exit_code_of(Process([] {})), 255);
  const tests::SwapSyscall late(&os::Syscalls::pidfd_open,
                                [](pid_t pid, unsigned) {
                                  while (kill(pid, 0) == 0) {
                                    sched_yield();
                                  }
                                  errno = ESRCH;
                                  return -1;
                                });
  Process process([] {});
  process.start();
  EXPECT_EQ(wait({process.sentinel()}), std::vector<size_t>{0});
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.exitcode(), 255);
  process.terminate();
}

TEST(Process, ItsDestructorSignalsNoNumberThatMayBeAStrangersByNow) {
  static int kills;
  kills = 0;
  const os::ScopedSignalHandler ignored(SIGCHLD, SIG_IGN);
  const tests::SwapSyscall counted(&os::Syscalls::kill, [](pid_t, int) {
    ++kills;
    return 0;
  });
  {
    Process process([] {});
    process.start();
    EXPECT_EQ(wait({process.sentinel()}), std::vector<size_t>{0});
  }
  EXPECT_EQ(kills, 0);
}

}  // namespace
}  // namespace ipc
