#include "demos/support/run_demo.h"

#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "demos/support/interrupt.h"
#include "gtest/gtest.h"
#include "os/syscall.h"
#include "scheduler/errors.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

std::string printed;

// What run_demo() writes of its own while `body` runs, and its exit code.
struct Ended {
  int code;
  std::string error;
};
Ended end_of(const std::function<int()>& body) {
  testing::internal::CaptureStderr();
  const int code = run_demo("demo", body);
  return {code, testing::internal::GetCapturedStderr()};
}

TEST(RunDemo, TheBodysCodeIsTheExitCode) {
  const Ended ended = end_of([] { return 2; });
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.error, "");
}

// I2
TEST(RunDemo, AnErrorIsOneLineAndExitCodeOne) {
  const Ended ended =
      end_of([]() -> int { throw std::runtime_error("no luck"); });
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.error, "demo: no luck\n");
}

TEST(RunDemo, AnInterruptIsToldInTheShellsWay) {
  const Ended ended = end_of([]() -> int { throw Interrupted(SIGINT); });
  EXPECT_EQ(ended.code, 128 + SIGINT);
  EXPECT_EQ(ended.error, "demo: interrupted, all cleaned up\n");
}

TEST(RunDemo, CtrlCInALoopIsToldInTheSameWay) {
  const Ended ended =
      end_of([]() -> int { throw scheduler::KeyboardInterrupt(); });
  EXPECT_EQ(ended.code, 128 + SIGINT);
  EXPECT_EQ(ended.error, "demo: interrupted, all cleaned up\n");
}

TEST(RunDemo, AReaderWhoHasGoneIsNoMatterForALine) {
  const tests::SwapSyscall swap(&os::Syscalls::write,
                                [](int, const void*, size_t) -> ssize_t {
                                  errno = EPIPE;
                                  return -1;
                                });
  const Ended ended = end_of([] {
    print("text");
    return 0;
  });
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.error, "");
}

// I1
TEST(Print, AShortWriteIsFollowedByTheRest) {
  printed.clear();
  const tests::SwapSyscall swap(
      &os::Syscalls::write, [](int, const void* bytes, size_t size) -> ssize_t {
        const size_t count = std::min<size_t>(size, 3);
        printed.append(static_cast<const char*>(bytes), count);
        return static_cast<ssize_t>(count);
      });
  print("all of it");
  EXPECT_EQ(printed, "all of it");
}

TEST(Print, ARefusalNamesStandardOutput) {
  const tests::SwapSyscall swap(&os::Syscalls::write,
                                [](int, const void*, size_t) -> ssize_t {
                                  errno = ENOSPC;
                                  return -1;
                                });
  try {
    print("text");
    ADD_FAILURE() << "the error was swallowed";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "standard output: No space left on device");
  }
}

}  // namespace
}  // namespace demos::support
