// The promises of tests/support/allocations.h.
#include "tests/support/allocations.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tests {
namespace {

// Called by its name, it is not left out by the compiler.
void allocate() {
  ::operator delete(::operator new(1));
}

TEST(Allocations, AreCounted) {
  const int before = allocations();
  allocate();
  allocate();
  EXPECT_EQ(allocations(), before + 2);
}

// Under a sanitizer these are not made of the one above.
TEST(Allocations, OfArraysAndOfThoseWhoMayGetNothingAreCountedAndRefused) {
  const int before = allocations();
  ::operator delete[](::operator new[](1));
  ::operator delete(::operator new(1, std::nothrow));
  ::operator delete[](::operator new[](1, std::nothrow));
  EXPECT_EQ(allocations(), before + 3);
  {
    const RefuseAllocation refuse(0);
    EXPECT_THROW(::operator delete[](::operator new[](1)), std::bad_alloc);
  }
  {
    const RefuseAllocation refuse(0);
    EXPECT_EQ(::operator new(1, std::nothrow), nullptr);
  }
  {
    const RefuseAllocation refuse(0);
    EXPECT_EQ(::operator new[](1, std::nothrow), nullptr);
  }
}

// The library's buffer is asked for by one form and given back by another.
TEST(Allocations, GoBackWhereTheyCameFrom) {
  std::vector<int> values = {3, 1, 2};
  const int before = allocations();
  std::stable_sort(values.begin(), values.end());
  EXPECT_EQ(allocations(), before + 1);
  EXPECT_EQ(values, (std::vector<int>{1, 2, 3}));
}

TEST(Allocations, TheOneAfterThoseAllowedIsRefusedAndNoOther) {
  const RefuseAllocation refuse(2);
  allocate();
  allocate();
  EXPECT_THROW(allocate(), std::bad_alloc);
  allocate();
}

TEST(Allocations, NothingIsRefusedAfterIt) {
  { const RefuseAllocation refuse(0); }
  allocate();
}

// I1
TEST(Allocations, OfOtherThreadsAreNeitherCountedNorRefused) {
  std::atomic<int> step = 0;
  std::thread other([&] {
    step.wait(0);
    allocate();
    step = 2;
    step.notify_one();
  });
  const int before = allocations();
  {
    const RefuseAllocation refuse(0);
    step = 1;
    step.notify_one();
    step.wait(1);
    EXPECT_THROW(allocate(), std::bad_alloc);
  }
  EXPECT_EQ(allocations(), before + 1);
  other.join();
}

// I2
TEST(Allocations, OfAForkedChildAreNotRefused) {
  const RefuseAllocation refuse(0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      allocate();
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THROW(allocate(), std::bad_alloc);
}

}  // namespace
}  // namespace tests
