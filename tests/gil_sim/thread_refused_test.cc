// What happens when the system gives no more threads.
#include <sys/resource.h>

#include <latch>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gil_sim/thread.h"
#include "gil_sim/thread_pool.h"
#include "gtest/gtest.h"
#include "scheduler/concurrent_future.h"

namespace gil_sim {
namespace {

// Leaves no room for another stack. The library keeps a few stacks of ended
// threads for new ones, so these are taken as well.
class NoMoreStacks {
 public:
  NoMoreStacks() {
    threads_.reserve(100);  // memory is short, too, from here on
    getrlimit(RLIMIT_AS, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_AS, &none);
    try {
      for (;;) {
        threads_.emplace_back([this] { end_.wait(); });
      }
    } catch (const std::system_error&) {
    }
  }
  NoMoreStacks(const NoMoreStacks&) = delete;
  NoMoreStacks& operator=(const NoMoreStacks&) = delete;
  ~NoMoreStacks() {
    setrlimit(RLIMIT_AS, &before_);
    end_.count_down();
  }

 private:
  rlimit before_;
  std::latch end_{1};
  std::vector<std::jthread> threads_;
};

TEST(ThreadRefused, StartNamesTheCallAndTheThreadMayBeStartedLater) {
  bool ran = false;
  Thread thread([&] { ran = true; });
  std::string text;
  {
    const NoMoreStacks none;
    try {
      thread.start();
    } catch (const std::system_error& error) {
      text = error.what();
    }
  }
  EXPECT_EQ(text.substr(0, 14), "pthread_create") << text;
  EXPECT_FALSE(thread.is_alive());
  EXPECT_EQ(enumerate().size(), 1u);
  thread.start();
  thread.join();
  EXPECT_TRUE(ran);
}

TEST(ThreadRefused, APoolWithoutAnyThreadRefusesTheJob) {
  ThreadPool pool(1);
  {
    const NoMoreStacks none;
    EXPECT_THROW(pool.submit([] {}), std::system_error);
  }
  EXPECT_NO_THROW(pool.submit([] {}).result());
}

TEST(ThreadRefused, APoolGoesOnWithTheThreadsItHas) {
  ThreadPool pool(2);
  std::latch go(1);
  const auto first = pool.submit([&] { go.wait(); });
  std::optional<scheduler::ConcurrentFuture<int>> second;
  {
    const NoMoreStacks none;
    second = pool.submit([] { return 42; });
  }
  EXPECT_EQ(pool.workers(), 1);
  go.count_down();
  EXPECT_EQ(second->result(), 42);
}

}  // namespace
}  // namespace gil_sim
