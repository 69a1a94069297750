// The promises of os/asymmetric_fence.h.
#include "os/asymmetric_fence.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <random>
#include <system_error>

#include "gtest/gtest.h"
#include "os/mapping.h"
#include "os/syscall.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

using tests::SwapSyscall;

int refuse(int) {
  errno = EPERM;
  return -1;
}

// What two processes say, each on a cache line of its own, and in which round
// they are.
struct Words {
  alignas(64) std::atomic<int> light = 0;
  alignas(64) std::atomic<int> heavy = 0;
  alignas(64) std::atomic<int> begun = 0;
  alignas(64) std::atomic<int> ended = 0;
};

void wait_for(const std::atomic<int>& word, int round) {
  for (int look = 0; word.load() < round; ++look) {
    if (look % 1000 == 999) {
      sched_yield();
    }
  }
}

// In how many rounds neither of two processes saw the other's word.
int rounds_in_which_both_missed(const AsymmetricFence& fence) {
  constexpr int kRounds = 5000;
  const Mapping page =
      Mapping::anonymous(sizeof(Words), Mapping::Sharing::kShared);
  Words& words = *new (page.data()) Words;
  const pid_t child = fork();
  // Relaxed, on both sides: whatever order there is comes from the fence.
  if (child == 0) {
    for (int round = 1; round <= kRounds; ++round) {
      wait_for(words.begun, round);
      words.light.store(round, std::memory_order_relaxed);
      fence.light();
      const bool missed = words.heavy.load(std::memory_order_relaxed) != round;
      words.ended.store(missed ? 2 * round + 1 : 2 * round);
    }
    _exit(0);  // the rest of the test is not the child's
  }
  int both = 0;
  std::mt19937 dice(1);
  for (int round = 1; round <= kRounds; ++round) {
    words.begun.store(round);
    // About as long as the other one needs to see it, so that both are at it
    // at once.
    for (auto spin = dice() % 600; spin > 0; --spin) {
      asm volatile("");
    }
    words.heavy.store(round, std::memory_order_relaxed);
    fence.heavy();
    const bool missed = words.light.load(std::memory_order_relaxed) != round;
    wait_for(words.ended, 2 * round);
    if (missed && words.ended.load() == 2 * round + 1) {
      ++both;
    }
  }
  waitpid(child, nullptr, 0);
  return both;
}

// I1
TEST(AsymmetricFence, OfTwoProcessesThatSpeakAndThenLookOneSeesTheOther) {
  EXPECT_EQ(rounds_in_which_both_missed(AsymmetricFence()), 0);
}

// I1
TEST(AsymmetricFence, HoldsWhereTheKernelRefusesToInterruptOthers) {
  const SwapSyscall refusing(&Syscalls::membarrier, &refuse);
  EXPECT_EQ(rounds_in_which_both_missed(AsymmetricFence()), 0);
}

TEST(AsymmetricFence, ARefusalAfterTheBeginningIsReported) {
  const AsymmetricFence fence;
  const SwapSyscall refusing(&Syscalls::membarrier, &refuse);
  EXPECT_THROW(fence.heavy(), std::system_error);
}

}  // namespace
}  // namespace os
