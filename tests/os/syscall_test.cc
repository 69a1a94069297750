// The promises of os/syscall.h.
#include "os/syscall.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "gtest/gtest.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

// I1
TEST(Syscall, ARefusalBecomesASystemErrorThatNamesTheCall) {
  try {
    check(syscalls.close(-1), "close");
    FAIL() << "close(-1) was accepted";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::bad_file_descriptor);
    EXPECT_EQ(std::string(error.what()), "close: Bad file descriptor");
  }
}

TEST(Syscall, ASuccessIsGivenBackUnchanged) {
  EXPECT_EQ(check(7, "anything"), 7);
  EXPECT_EQ(check(0L, "anything"), 0L);
}

// I2
TEST(Syscall, AnInterruptedCallIsMadeAgain) {
  int calls = 0;
  const int result = retry_on_eintr([&] {
    ++calls;
    errno = EINTR;
    return calls < 3 ? -1 : 42;
  });
  EXPECT_EQ(result, 42);
  EXPECT_EQ(calls, 3);
}

TEST(Syscall, ACallRefusedForAnotherReasonIsMadeOnce) {
  int calls = 0;
  const int result = retry_on_eintr([&] {
    ++calls;
    errno = ENOENT;
    return -1;
  });
  EXPECT_EQ(result, -1);
  EXPECT_EQ(calls, 1);
}

TEST(Syscall, ATestMayMakeEvenForkFailAndPutsItBack) {
  {
    const tests::SwapSyscall no_fork(&Syscalls::fork, []() -> pid_t {
      errno = EAGAIN;
      return -1;
    });
    EXPECT_THROW(check(syscalls.fork(), "fork"), std::system_error);
    EXPECT_EQ(no_fork.before(), &::fork);
  }
  EXPECT_EQ(syscalls.fork, &::fork);
}

}  // namespace
}  // namespace os
