// The promises of scheduler/executor.h, on the simplest executors there are.
#include "scheduler/executor.h"

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

// Keeps jobs until told to run them: a schedule under the test's control.
class ManualExecutor final : public Executor {
 public:
  void shutdown(bool wait, bool cancel_futures) override {
    for (auto& job : jobs_) {
      cancel_futures ? job->cancel() : wait ? job->run() : void();
    }
    jobs_.clear();
  }
  void run_one() {
    jobs_.front()->run();
    jobs_.pop_front();
  }

 private:
  void execute(std::shared_ptr<Job> job) override {
    jobs_.push_back(std::move(job));
  }
  std::deque<std::shared_ptr<Job>> jobs_;
};

int add(int a, int b) {
  return a + b;
}

// A result that may be moved `moves` times; the next move throws.
struct Fragile {
  explicit Fragile(int allowed) : moves(allowed) {}
  Fragile(const Fragile&) = default;
  Fragile(Fragile&& other) : moves(other.moves - 1) {
    if (moves < 0) {
      throw std::runtime_error("broken in transit");
    }
  }
  int moves;
};

// I1
TEST(Executor, AResultThatCannotBeStoredEndsTheFutureWithItsError) {
  for (int moves = 0; moves < 2; ++moves) {
    ManualExecutor executor;
    const auto future = executor.submit([moves] { return Fragile(moves); });
    executor.run_one();
    ASSERT_TRUE(future.done());
    EXPECT_THROW(future.result(), std::runtime_error);
  }
}

TEST(Executor, SubmittingRunsNothingByItself) {
  ManualExecutor executor;
  auto future = executor.submit(add, 1, 2);
  EXPECT_FALSE(future.done());
  executor.run_one();
  EXPECT_EQ(future.result(), 3);
}

// I1
TEST(Executor, AnErrorOfTheJobIsInItsFuture) {
  ManualExecutor executor;
  auto future = executor.submit([]() -> int { throw std::out_of_range("no"); });
  executor.run_one();
  EXPECT_THROW(future.result(), std::out_of_range);
}

// I1
TEST(Executor, AJobCancelledInTheQueueIsNeverRun) {
  ManualExecutor executor;
  bool ran = false;
  auto future = executor.submit([&] { ran = true; });
  EXPECT_TRUE(future.cancel());
  executor.run_one();
  EXPECT_FALSE(ran);
  EXPECT_THROW(future.result(), CancelledError);
}

TEST(Executor, MoveOnlyArgumentsReachTheFunction) {
  ManualExecutor executor;
  auto future = executor.submit(
      [](std::unique_ptr<std::string> text) { return std::move(*text); },
      std::make_unique<std::string>("moved"));
  executor.run_one();
  EXPECT_EQ(future.result(), "moved");
}

TEST(Executor, ShutdownMayCancelWhatHasNotBegun) {
  ManualExecutor executor;
  auto future = executor.submit(add, 1, 2);
  executor.shutdown(true, true);
  EXPECT_TRUE(future.cancelled());
}

}  // namespace
}  // namespace scheduler
