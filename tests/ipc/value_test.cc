// The promises of ipc/value.h and ipc/shared.h.
#include "ipc/value.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <new>
#include <stdexcept>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/shared.h"
#include "os/syscall.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

// PROC-26
TEST(Value, UnderItsLockNoIncrementIsLost) {
  Value<int> hits(0);
  run_family(4, [&](int) {
    for (int i = 0; i < 20'000; ++i) {
      const std::lock_guard held(hits.lock());
      hits.set(hits.get() + 1);
    }
  });
  EXPECT_EQ(hits.get(), 80'000);
}

// PROC-27. Two processes on one processor are switched every few milliseconds,
// and one switch between a read and its write is enough.
TEST(Value, WithoutTheLockIncrementsAreLost) {
  Value<int> hits(0);
  board().reset();
  run_family(4, [&](int number) {
    if (++board().entered == 4) {
      board().gate_open = true;
    }
    wait_until([] { return board().gate_open.load(); });
    // Relaxed loads and stores: what `++x` is, without the compiler's freedom
    // to add it all at once.
    const std::atomic_ref<int> value(hits.unguarded());
    for (int i = 0; i < 2'000'000; ++i) {
      value.store(value.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
    }
    static_cast<void>(number);
  });
  EXPECT_LT(hits.get(), 8'000'000);
  EXPECT_GT(hits.get(), 0);
}

// PROC-28
TEST(Array, BeginsAsZeros) {
  Array<double> numbers(3);
  EXPECT_EQ(numbers.slice(0, 3), (std::vector{0.0, 0.0, 0.0}));
  EXPECT_EQ(Array<int>(0).size(), 0u);
}

// PROC-28
TEST(Array, ChangesAreSeenByAll) {
  const std::vector initial = {1, 2, 3, 4, 5};
  Array<int> numbers(initial);
  EXPECT_EQ(ending_of(started([&] {
              numbers.set(0, numbers.get(4) * 10);
              numbers.set_slice(2, std::vector{7, 8});
            })),
            0);
  EXPECT_EQ(numbers.slice(0, 5), (std::vector{50, 2, 7, 8, 5}));
}

// PROC-28
TEST(Array, AnIndexOutsideIsAnError) {
  Array<int> numbers(3);
  EXPECT_THROW(numbers.get(3), std::out_of_range);
  EXPECT_THROW(numbers.set(3, 1), std::out_of_range);
  EXPECT_EQ(numbers.get(2), 0);
}

// PROC-28
TEST(Array, SlicesAreInsideOfIt) {
  Array<int> numbers(std::vector{1, 2, 3});
  EXPECT_EQ(numbers.slice(1, 1), std::vector<int>());
  EXPECT_EQ(numbers.slice(3, 3), std::vector<int>());
  EXPECT_THROW(numbers.slice(2, 4), std::out_of_range);
  EXPECT_THROW(numbers.slice(2, 1), std::out_of_range);
  EXPECT_THROW(numbers.set_slice(2, std::vector{1, 2}), std::out_of_range);
  EXPECT_THROW(numbers.set_slice(0, std::vector{1, 2, 3, 4}),
               std::out_of_range);
  EXPECT_THROW(numbers.set_slice(SIZE_MAX, std::vector{1, 2}),
               std::out_of_range);
  EXPECT_EQ(numbers.slice(0, 3), (std::vector{1, 2, 3}));
}

TEST(Array, ASizeThatCannotBeIsAnError) {
  EXPECT_THROW(Array<int>(SIZE_MAX / 2), std::bad_array_new_length);
}

TEST(Shared, MemoryThatTheSystemRefusesIsAnError) {
  const tests::SwapSyscall swap(&os::Syscalls::mmap,
                                [](void*, size_t, int, int, int, off_t) {
                                  errno = ENOMEM;
                                  return reinterpret_cast<void*>(-1);
                                });
  EXPECT_EQ(refusal([] { Shared<int> number(1); }), ENOMEM);
}

}  // namespace
}  // namespace ipc
