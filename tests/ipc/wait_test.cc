// The promises of ipc/wait.h.
#include "ipc/wait.h"

#include <cerrno>
#include <cstddef>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/connection.h"
#include "ipc/pipe.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/ipc/interruptions.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;

// PROC-11
TEST(Wait, ReturnsExactlyThoseThatAreReadyOrAtTheirEnd) {
  auto [quiet_a, quiet_b] = make_pipe();
  auto [full_a, full_b] = make_pipe();
  auto [ended_a, ended_b] = make_pipe();
  full_a.send(1);
  ended_a.close();
  EXPECT_EQ(wait({quiet_b, full_b, ended_b}), (std::vector<size_t>{1, 2}));
  EXPECT_EQ(wait({quiet_b, full_b}, seconds(0)), (std::vector<size_t>{1}));
}

// PROC-11
TEST(Wait, ReturnsNothingWhenTheTimeIsOver) {
  auto [a, b] = make_pipe();
  EXPECT_EQ(wait({a, b}, seconds(0)), std::vector<size_t>());
  const auto before = scheduler::SteadyClock::instance().now();
  EXPECT_EQ(wait({a, b}, seconds(0.02)), std::vector<size_t>());
  EXPECT_GE(scheduler::SteadyClock::instance().now() - before, seconds(0.02));
}

// PROC-14
TEST(Wait, GoesOnForTheRemainingTimeAfterASignal) {
  auto [a, b] = make_pipe();
  const Interruptions interruptions;
  const auto before = scheduler::SteadyClock::instance().now();
  EXPECT_FALSE(b.poll(seconds(0.05)));
  const auto took = scheduler::SteadyClock::instance().now() - before;
  EXPECT_GE(took, seconds(0.05));
  EXPECT_LT(took, seconds(10));  // each signal would have begun it anew
  EXPECT_GT(interruptions.count(), 1);
}

TEST(Wait, NoTimeIsTooLongForIt) {
  auto [a, b] = make_pipe();
  static Connection* peer;
  peer = &a;
  // The 25 days that poll() can wait at once are over in no time.
  static int longest_waits;
  longest_waits = 0;
  static tests::SwapSyscall<decltype(os::Syscalls::poll)>* swapped;
  tests::SwapSyscall poll(&os::Syscalls::poll, [](pollfd* fds, nfds_t size,
                                                  int timeout_ms) {
    if (timeout_ms == std::numeric_limits<int>::max() && ++longest_waits <= 2) {
      return 0;
    }
    if (longest_waits == 3) {
      peer->send(1);
    }
    return swapped->before()(fds, size, timeout_ms);
  });
  swapped = &poll;
  EXPECT_EQ(wait({b}, scheduler::Duration::max()), std::vector<size_t>{0});
  EXPECT_EQ(longest_waits, 3);
}

TEST(Wait, RefusesADescriptorThatIsNotOpen) {
  EXPECT_EQ(refusal([] { wait({1'000'000}, seconds(0)); }), EBADF);
}

// poll() itself would overlook it, and sleep.
TEST(Wait, WhatIsNoDescriptorIsRefused) {
  EXPECT_EQ(refusal([] { wait({-1}); }), EBADF);
}

}  // namespace
}  // namespace ipc
