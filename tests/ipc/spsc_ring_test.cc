// The promises of ipc/spsc_ring.h.
#include "ipc/spsc_ring.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/process.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;
using scheduler::SteadyClock;

// Larger than a machine word, so that half of one can be told.
using Item = std::array<uint64_t, 4>;

Item item(uint64_t number) {
  return {number, number * 3, ~number, number};
}

// The oracle is a std::deque; sizes and turns are random.
TEST(SpscRing, DoesWhatADequeDoes) {
  SpscRing<Item> ring(5);
  EXPECT_EQ(ring.capacity(), 8u);
  std::deque<Item> oracle;
  std::mt19937 dice(1);
  uint64_t next = 0;
  std::vector<Item> buffer;
  for (int turn = 0; turn < 20'000; ++turn) {
    const size_t count = dice() % 12;
    if (dice() % 2 == 0) {
      buffer.clear();
      for (size_t i = 0; i < count; ++i) {
        buffer.push_back(item(next + i));
      }
      const size_t written = ring.try_write(buffer);
      ASSERT_EQ(written, std::min(count, 8 - oracle.size()));
      oracle.insert(oracle.end(), buffer.begin(),
                    buffer.begin() + static_cast<ptrdiff_t>(written));
      next += written;
    } else {
      buffer.assign(count, Item{});
      const size_t taken = ring.try_read(buffer);
      ASSERT_EQ(taken, std::min(count, oracle.size()));
      for (size_t i = 0; i < taken; ++i) {
        ASSERT_EQ(buffer[i], oracle.front());
        oracle.pop_front();
      }
    }
    ASSERT_EQ(ring.size(), oracle.size());
  }
}

// I1, I2
TEST(SpscRing, ItemsReachAnotherProcessInOrderOnceAndWhole) {
  constexpr uint64_t kCount = 200'000;
  SpscRing<Item> ring(64);
  Process writer = started([&] {
    std::mt19937 dice(2);
    for (uint64_t sent = 0; sent < kCount;) {
      std::vector<Item> batch;
      for (size_t left = dice() % 100; left > 0 && sent < kCount; --left) {
        batch.push_back(item(sent++));
      }
      if (ring.write(batch) != batch.size()) {
        _exit(1);
      }
    }
    ring.close();
  });
  std::array<Item, 50> batch;
  uint64_t expected = 0;
  while (const size_t count = ring.read(batch)) {
    for (const Item& got : std::span(batch).first(count)) {
      ASSERT_EQ(got, item(expected));
      ++expected;
    }
  }
  EXPECT_EQ(expected, kCount);
  EXPECT_EQ(ending_of(std::move(writer)), 0);
}

// THREADS: who takes over was forked before the first one began, and has never
// looked at the ring.
TEST(SpscRing, ASecondWriterAndASecondReaderGoOnWhereTheFirstEnded) {
  SpscRing<int> ring(4);
  Process first = started([&] {
    int number;
    for (int i = 0; i < 10; ++i) {
      ring.push(i);
      ring.pop(number);
    }
  });
  EXPECT_EQ(ending_of(std::move(first)), 0);
  std::array<int, 6> numbers = {};
  EXPECT_EQ(ring.try_read(numbers), 0u);
  numbers = {10, 11, 12, 13, 14, 15};
  EXPECT_EQ(ring.try_write(numbers), 4u);
  EXPECT_EQ(ring.try_write(numbers), 0u);
  numbers = {};
  EXPECT_EQ(ring.try_read(numbers), 4u);
  EXPECT_EQ(numbers, (std::array{10, 11, 12, 13, 0, 0}));
}

// One item at a time there and back, so that each side sleeps often.
void expect_that_no_wake_up_is_lost() {
  SpscRing<int> there(1);
  SpscRing<int> back(1);
  Process echo = started([&] {
    int number;
    while (there.pop(number)) {
      back.push(number + 1);
    }
  });
  for (int round = 0; round < 5000; ++round) {
    int answer = 0;
    ASSERT_TRUE(there.push(round));
    ASSERT_TRUE(back.pop(answer, seconds(30)));
    ASSERT_EQ(answer, round + 1);
  }
  there.close();
  EXPECT_EQ(ending_of(std::move(echo)), 0);
}

// I2
TEST(SpscRing, NoWakeUpIsLost) {
  expect_that_no_wake_up_is_lost();
}

// I2
TEST(SpscRing, NoWakeUpIsLostWhereTheKernelDoesNotFenceForOthers) {
  const tests::SwapSyscall refusing(&os::Syscalls::membarrier, [](int) {
    errno = EPERM;
    return -1;
  });
  expect_that_no_wake_up_is_lost();
}

TEST(SpscRing, AReaderWithoutWorkSleeps) {
  SpscRing<int> ring(4);
  Process reader = started([&] {
    int number;
    ring.pop(number);
  });
  wait_until([&] {
    const auto status = os::read_status(reader.pid().value());
    return status && status->state == 'S';
  });
  ring.push(1);
  EXPECT_EQ(ending_of(std::move(reader)), 0);
}

TEST(SpscRing, WaitingForALimitedTimeEndsAfterIt) {
  SpscRing<int> ring(1);
  const auto begin = SteadyClock::instance().now();
  int number;
  EXPECT_FALSE(ring.pop(number, seconds(0.01)));
  EXPECT_TRUE(ring.push(1));
  EXPECT_FALSE(ring.push(2, seconds(0.01)));
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
  EXPECT_TRUE(ring.pop(number));
  EXPECT_EQ(number, 1);
}

TEST(SpscRing, AClosedOneGivesWhatItHasAndTakesNothing) {
  SpscRing<int> ring(4);
  ring.push(1);
  ring.close();
  EXPECT_FALSE(ring.push(2));
  int number;
  EXPECT_TRUE(ring.pop(number));
  EXPECT_FALSE(ring.pop(number));
}

// Whoever learns of a death closes the ring, and the one who waits goes on
// with all that was published, none of it torn.
TEST(SpscRing, AfterAKillTheReaderHasWholeItemsOnlyAndIsLetGo) {
  std::mt19937 dice(3);
  for (int round = 0; round < 100; ++round) {
    SpscRing<Item> ring(16);
    Process writer = started([&] {
      for (uint64_t number = 0;; ++number) {
        ring.push(item(number));
      }
    });
    Process reader = started([&] {
      Item got;
      for (uint64_t number = 0; ring.pop(got); ++number) {
        if (got != item(number)) {
          _exit(1);
        }
      }
    });
    for (auto spin = dice() % 200'000; spin > 0; --spin) {
      asm volatile("");
    }
    writer.kill();
    writer.join();
    ring.close();
    EXPECT_EQ(ending_of(std::move(reader)), 0);
  }
}

TEST(SpscRing, NoCapacityIsRefused) {
  EXPECT_THROW(SpscRing<int>(0), std::invalid_argument);
  EXPECT_THROW(SpscRing<int>(SIZE_MAX), std::invalid_argument);
}

}  // namespace
}  // namespace ipc
