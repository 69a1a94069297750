// The promises of tests/faults/fault_runs.h: it tells good days from bad ones.
#include "tests/faults/fault_runs.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace tests {
namespace {

// What GoogleTest would be told.
std::string failures_of(const std::function<void()>& body) {
  testing::TestPartResultArray told;
  {
    const testing::ScopedFakeTestPartResultReporter catcher(
        testing::ScopedFakeTestPartResultReporter::
            INTERCEPT_ONLY_CURRENT_THREAD,
        &told);
    body();
  }
  std::string text;
  for (int i = 0; i < told.size(); ++i) {
    text += told.GetTestPartResult(i).message();
  }
  return text;
}

void make_pipes() {
  for (int i = 0; i < 10; ++i) {
    os::make_pipe();
  }
}

TEST(Days, RefusalsThatAHeaderTellsOfAreFine) {
  EXPECT_EQ(failures_of([] { Days({"pipe2"}).run(50, &make_pipes); }), "");
}

TEST(Days, ARefusalThatNoHeaderTellsOfIsNot) {
  EXPECT_NE(failures_of([] {
              Days({"fork"}).run(50, &make_pipes);
            }).find("no header tells of: pipe2: Too many open files"),
            std::string::npos);
}

TEST(Days, ARefusalWithoutAFaultIsNot) {
  EXPECT_NE(failures_of([] {
              Days({"pipe2"}).run(1, [] { os::throw_error(EIO, "pipe2"); });
            }).find("nobody gave it this reason: pipe2"),
            std::string::npos);
}

TEST(Days, AnyOtherExceptionIsNot) {
  EXPECT_NE(failures_of([] {
              Days({}).run(1, [] { throw std::runtime_error("nonsense"); });
            }).find("it threw nonsense"),
            std::string::npos);
}

TEST(Days, WhatIsLeftBehindIsNot) {
  std::vector<os::UniqueFd> kept;
  EXPECT_NE(failures_of([&] {
              Days({}).run(1, [&] {
                kept.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
              });
            }).find("leaked: descriptor"),
            std::string::npos);
}

// I1
TEST(Days, AScenarioWithoutFaultsOrWithoutASuccessProvesNothing) {
  EXPECT_NE(failures_of([] { Days({"pipe2"}).run(5, [] {}); }), "");
  EXPECT_NE(failures_of([] {
              Days({"pipe2"}).run(5, [] {
                for (;;) {
                  os::make_pipe();
                }
              });
            }),
            "");
}

TEST(Days, ASeedIsRepeatedAlone) {
  ASSERT_EQ(setenv("FAULT_SEED", "7", 1), 0);
  int days = 0;
  Days({"pipe2"}).run(100, [&] { ++days; });
  unsetenv("FAULT_SEED");
  EXPECT_EQ(days, 1);
}

}  // namespace
}  // namespace tests
