// The promises of ipc/process_pool.h.
#include "ipc/process_pool.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;

int square(int x) {
  return x * x;
}
int add(int a, int b) {
  return a + b;
}
pid_t worker_pid() {
  return getpid();
}

std::vector<int> up_to(int count) {
  std::vector<int> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(i);
  }
  return values;
}

std::vector<int> squares(int count) {
  std::vector<int> values = up_to(count);
  std::transform(values.begin(), values.end(), values.begin(), &square);
  return values;
}

// EXEC-20
TEST(ProcessPool, MapGivesResultsInOrder) {
  ProcessPool pool(2);
  EXPECT_EQ(pool.map(&square, std::vector{1, 2, 3}), (std::vector{1, 4, 9}));
  EXPECT_EQ(pool.map(&square, up_to(1000)), squares(1000));
  EXPECT_EQ(pool.map(&square, std::vector<int>()), std::vector<int>());
}

// EXEC-20
TEST(ProcessPool, MapThrowsAJobsErrorWithItsTypeAndText) {
  ProcessPool pool(2);
  const auto refuse_three = [](int x) {
    if (x == 3) {
      throw std::out_of_range("three");
    }
    return x;
  };
  try {
    pool.map(refuse_three, up_to(10), 1);
    FAIL() << "the error did not come back";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "three");
  }
  EXPECT_EQ(pool.map(&square, up_to(10)), squares(10));  // it lives on
}

// EXEC-21
TEST(ProcessPool, ApplyRunsOneJobAndWaits) {
  ProcessPool pool(2);
  EXPECT_EQ(pool.apply(&add, 3, 4), 7);
  EXPECT_NE(pool.apply(&worker_pid), getpid());
}

// I3
TEST(ProcessPool, ACrashedWorkerFailsOnlyItsOwnJob) {
  ProcessPool pool(2);
  const auto crash_at_five = [](int x) {
    if (x == 5) {
      kill(getpid(), SIGKILL);
    }
    return x;
  };
  std::vector<AsyncResult<int>> results;
  for (int i = 0; i < 100; ++i) {
    results.push_back(pool.apply_async(crash_at_five, std::tuple(i)));
  }
  for (int i = 0; i < 100; ++i) {
    if (i == 5) {
      EXPECT_THROW(results[5].get(seconds(10)), WorkerDied);
    } else {
      EXPECT_EQ(results[static_cast<size_t>(i)].get(seconds(10)), i);
    }
  }
}

}  // namespace
}  // namespace ipc
