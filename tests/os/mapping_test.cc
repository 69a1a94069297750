// The promises of os/mapping.h.
#include "os/mapping.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "gtest/gtest.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

// Writes 1 into the first byte from a forked child, and waits for its end.
void write_in_child(const Mapping& mapping) {
  const pid_t child = check(syscalls.fork(), "fork");
  if (child == 0) {
    mapping.data()[0] = std::byte{1};
    _exit(0);
  }
  ASSERT_EQ(syscalls.wait4(child, nullptr, 0, nullptr), child);
}

TEST(Mapping, FreshPagesAreZero) {
  const Mapping mapping =
      Mapping::anonymous(10'000, Mapping::Sharing::kPrivate);
  EXPECT_EQ(mapping.size(), 10'000u);
  EXPECT_TRUE(std::all_of(mapping.bytes().begin(), mapping.bytes().end(),
                          [](std::byte byte) { return byte == std::byte{}; }));
}

TEST(Mapping, AWriteOfAChildToSharedPagesIsSeenByTheParent) {
  const Mapping mapping = Mapping::anonymous(1, Mapping::Sharing::kShared);
  write_in_child(mapping);
  EXPECT_EQ(mapping.data()[0], std::byte{1});
}

TEST(Mapping, AWriteOfAChildToPrivatePagesIsItsOwn) {
  const Mapping mapping = Mapping::anonymous(1, Mapping::Sharing::kPrivate);
  write_in_child(mapping);
  EXPECT_EQ(mapping.data()[0], std::byte{0});
}

// I1
TEST(Mapping, ItsPagesAreUnmappedAtTheEndOfItsScope) {
  static int unmapped;
  unmapped = 0;
  const tests::SwapSyscall count(&Syscalls::munmap,
                                 [](void* data, size_t size) {
                                   ++unmapped;
                                   return ::munmap(data, size);
                                 });
  {
    Mapping first = Mapping::anonymous(1, Mapping::Sharing::kPrivate);
    const Mapping second = std::move(first);
    EXPECT_EQ(first.data(), nullptr);
  }
  EXPECT_EQ(unmapped, 1);
}

TEST(Mapping, TwoMappingsOfOneFileAreTheSameMemory) {
  const UniqueFd file(memfd_create("mapping_test", MFD_CLOEXEC));
  ASSERT_TRUE(file);
  ASSERT_EQ(ftruncate(file.get(), 4096), 0);
  const Mapping first = Mapping::of_file(file.get(), 4096);
  const Mapping second = Mapping::of_file(file.get(), 4096);
  first.data()[7] = std::byte{42};
  EXPECT_EQ(second.data()[7], std::byte{42});
}

TEST(Mapping, NoMemoryIsASystemErrorThatNamesMmap) {
  const tests::SwapSyscall full(&Syscalls::mmap,
                                [](void*, size_t, int, int, int, off_t) {
                                  errno = ENOMEM;
                                  return MAP_FAILED;
                                });
  try {
    (void)Mapping::anonymous(1, Mapping::Sharing::kPrivate);
    FAIL() << "memory was mapped";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "mmap(anonymous): Cannot allocate memory");
  }
}

TEST(Mapping, AMappingOfSizeZeroIsRefusedByTheSystem) {
  EXPECT_THROW((void)Mapping::anonymous(0, Mapping::Sharing::kShared),
               std::system_error);
}

}  // namespace
}  // namespace os
