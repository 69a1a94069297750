// The promises of gil_sim/thread_pool.h to a process that forks.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <latch>
#include <memory>
#include <stdexcept>

#include "gil_sim/thread_pool.h"
#include "gtest/gtest.h"
#include "scheduler/concurrent_future.h"
#include "tests/support/sanitizers.h"

namespace gil_sim {
namespace {

class ThreadPoolFork : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};

// What `child` makes of its life in a fork of this process.
template <class Child>
int status_of(Child child) {
  const pid_t pid = fork();
  if (pid == 0) {
    alarm(20);
    child();
  }
  int status = -1;
  waitpid(pid, &status, 0);
  return status;
}

TEST_F(ThreadPoolFork, AForkedChildIsRefusedByThePoolOfItsParent) {
  const auto program = [] {
    alarm(20);  // a child inherits none
    auto pool = std::make_unique<ThreadPool>(1);
    pool->submit([] {}).result();
    const int status = status_of([&] {
      bool refused = false;
      try {
        pool->submit([] {});
      } catch (const std::runtime_error&) {
        refused = true;
      }
      pool.reset();  // waits for nobody
      _exit(refused ? 0 : 1);
    });
    pool->submit([] {}).result();  // the parent's as before
    std::exit(status == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

// I4
TEST_F(ThreadPoolFork, AForkedChildCountsNoneOfTheWorkersOfItsParent) {
  const auto program = [] {
    alarm(20);
    ThreadPool pool(3);
    std::latch all(3);
    for (int i = 0; i < 3; ++i) {
      pool.submit([&] { all.arrive_and_wait(); });
    }
    while (pool.idle() < 3) {
    }
    const int status =
        status_of([&] { _exit(pool.workers() * 10 + pool.idle()); });
    std::exit(status == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

// I4. Another thread may be queueing at the instant of the fork, so that the
// child has half a job: it must not even look.
TEST_F(ThreadPoolFork, AForkedChildDestroysNoJobOfItsParent) {
  const auto program = [] {
    alarm(20);
    auto pool = std::make_unique<ThreadPool>(1);
    std::latch go(1);
    pool->submit([&] { go.wait(); });
    bool destroyed = false;
    const auto captured = [&] {
      return std::shared_ptr<void>(nullptr, [&](void*) { destroyed = true; });
    };
    pool->submit([mine = captured()] {});  // queued behind the other
    const int status = status_of([&] {
      pool.reset();
      _exit(destroyed ? 1 : 0);
    });
    go.count_down();
    pool.reset();
    std::exit(status == 0 && destroyed ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

TEST_F(ThreadPoolFork, AForkedChildEndsBesideThePoolOfItsParent) {
  if (tests::kLooksForLeaks) {
    GTEST_SKIP() << tests::kTakenForLost;
  }
  const auto program = [] {
    alarm(20);
    ThreadPool pool(1);
    pool.submit([] {}).result();
    std::exit(status_of([] { std::exit(0); }) == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

TEST_F(ThreadPoolFork, AForkedChildMayUseAPoolThatHasHadNothingToDo) {
  const auto program = [] {
    alarm(20);
    ThreadPool pool(1);
    const int status = status_of(
        [&] { std::exit(pool.submit([] { return 42; }).result() - 42); });
    std::exit(status == 0 ? 0 : 1);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gil_sim
