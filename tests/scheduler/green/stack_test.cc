// The promises of scheduler/green/stack.h.
#include "scheduler/green/stack.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "gtest/gtest.h"
#include "os/syscall.h"
#include "tests/support/swap_syscall.h"

namespace scheduler::green {
namespace {

TEST(Stack, EveryUsableByteMayBeWritten) {
  const Stack stack(16 * 1024);
  EXPECT_GE(stack.usable().size(), size_t{16} * 1024);
  std::memset(stack.usable().data(), 0x5a, stack.usable().size());
}

// I1
TEST(StackDeathTest, TheGuardPageMayNot) {
  const Stack stack(16 * 1024);
  EXPECT_EQ(stack.guard().data() + stack.guard().size(), stack.usable().data());
  volatile std::byte* const last_of_guard = stack.usable().data() - 1;
  EXPECT_DEATH(*last_of_guard = std::byte{1}, "");
}

// I2
TEST(Stack, TheTopIsAlignedForACall) {
  const Stack stack(10'000);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(stack.top()) % 16, 0u);
  EXPECT_EQ(stack.top(), stack.usable().data() + stack.usable().size());
}

TEST(Stack, ARefusedGuardPageIsAnErrorAndLeavesNoMapping) {
  static int unmapped;
  unmapped = 0;
  const tests::SwapSyscall mprotect(&os::Syscalls::mprotect,
                                    [](void*, size_t, int) {
                                      errno = ENOMEM;
                                      return -1;
                                    });
  const tests::SwapSyscall munmap(&os::Syscalls::munmap,
                                  [](void* address, size_t size) {
                                    ++unmapped;
                                    return ::munmap(address, size);
                                  });
  EXPECT_THROW({ const Stack refused; }, std::system_error);
  EXPECT_EQ(unmapped, 1);
}

}  // namespace
}  // namespace scheduler::green
