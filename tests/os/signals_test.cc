// The promises of os/signals.h.
#include "os/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>

#include "gtest/gtest.h"
#include "os/syscall.h"

namespace os {
namespace {

volatile sig_atomic_t handled = 0;  // written by a handler
void count(int) {
  handled = handled + 1;
}

bool is_blocked(int signal) {
  sigset_t now;
  pthread_sigmask(SIG_BLOCK, nullptr, &now);
  return sigismember(&now, signal) == 1;
}

// I1
TEST(Signals, AMaskBlocksForItsScopeAndIsUndoneAfterIt) {
  ASSERT_FALSE(is_blocked(SIGUSR1));
  {
    const ScopedSignalMask mask{SIGUSR1};
    EXPECT_TRUE(is_blocked(SIGUSR1));
    EXPECT_FALSE(is_blocked(SIGUSR2));
  }
  EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST(Signals, ABlockedSignalIsDeliveredWhenTheMaskEnds) {
  const ScopedSignalHandler handler(SIGUSR1, &count);
  handled = 0;
  {
    const ScopedSignalMask mask{SIGUSR1};
    raise(SIGUSR1);
    EXPECT_EQ(handled, 0);
  }
  EXPECT_EQ(handled, 1);
}

TEST(Signals, MasksNest) {
  const ScopedSignalMask outer{SIGUSR1};
  {
    const ScopedSignalMask inner = ScopedSignalMask::all();
    EXPECT_TRUE(is_blocked(SIGTERM));
    EXPECT_EQ(sigismember(&inner.before(), SIGUSR1), 1);
  }
  EXPECT_TRUE(is_blocked(SIGUSR1));
  EXPECT_FALSE(is_blocked(SIGTERM));
}

// I1
TEST(Signals, AHandlerIsPutBackAfterItsScope) {
  struct sigaction before;
  sigaction(SIGUSR2, nullptr, &before);
  {
    const ScopedSignalHandler handler(SIGUSR2, &count);
    handled = 0;
    raise(SIGUSR2);
    EXPECT_EQ(handled, 1);
  }
  struct sigaction after;
  sigaction(SIGUSR2, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

volatile pid_t told_sender = 0;  // written by a handler

TEST(Signals, AHandlerMayAskForWhatTheSystemKnowsAboutTheSignal) {
  struct sigaction action = {};
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    told_sender = info->si_pid;
  };
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  const ScopedSignalHandler handler(SIGUSR1, action);
  raise(SIGUSR1);
  EXPECT_EQ(told_sender, getpid());
}

volatile uintptr_t handlers_local = 0;  // written by a handler

// I1
TEST(Signals, AStackForHandlersIsUsedByThoseThatAskForItAndIsUndone) {
  stack_t before;
  ASSERT_EQ(sigaltstack(nullptr, &before), 0);
  {
    const ScopedSignalStack stack(64 * 1024);
    stack_t now;
    ASSERT_EQ(sigaltstack(nullptr, &now), 0);
    const ScopedSignalHandler handler(
        SIGUSR1,
        [](int) {
          const int local = 0;
          handlers_local = reinterpret_cast<uintptr_t>(&local);
        },
        SA_ONSTACK);
    raise(SIGUSR1);
    const auto begin = reinterpret_cast<uintptr_t>(now.ss_sp);
    EXPECT_GE(handlers_local, begin);
    EXPECT_LT(handlers_local, begin + now.ss_size);
  }
  stack_t after;
  ASSERT_EQ(sigaltstack(nullptr, &after), 0);
  EXPECT_EQ(after.ss_sp, before.ss_sp);
  EXPECT_EQ(after.ss_flags, before.ss_flags);
}

TEST(Signals, AStackTooSmallForAHandlerIsRefused) {
  EXPECT_THROW({ const ScopedSignalStack refused(1); }, std::system_error);
}

TEST(Signals, AHandlerForSigkillIsRefused) {
  EXPECT_THROW(const ScopedSignalHandler handler(SIGKILL, &count),
               std::system_error);
}

TEST(Signals, AChildThatResetsIsEndedByASignalItsParentBlocksAndHandles) {
  const ScopedSignalHandler handler(SIGTERM, &count);
  const ScopedSignalMask mask{SIGTERM};
  const pid_t child = check(syscalls.fork(), "fork");
  if (child == 0) {
    reset_signals_in_child();
    raise(SIGTERM);
    _exit(0);  // reached only if the signal was held back or handled
  }
  int status = 0;
  ASSERT_EQ(syscalls.wait4(child, &status, 0, nullptr), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Signals, AChildThatResetsStillIgnoresSigpipeIfItsParentDid) {
  const ScopedSignalHandler ignored(SIGPIPE, SIG_IGN);
  const pid_t child = check(syscalls.fork(), "fork");
  if (child == 0) {
    reset_signals_in_child();
    raise(SIGPIPE);
    _exit(7);
  }
  int status = 0;
  ASSERT_EQ(syscalls.wait4(child, &status, 0, nullptr), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace os
