// The promises of ipc/process_pool_executor.h.
#include "ipc/process_pool_executor.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"
#include "tests/ipc/board.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::CancelledError;
using scheduler::ConcurrentFuture;
using scheduler::seconds;

int square(int x) {
  return x * x;
}
int die(int) {
  kill(getpid(), SIGKILL);
  return 0;
}
int die_when_told(int x) {
  wait_until([] { return board().runs[0] == 1; });
  return die(x);
}
int fail_at_three(int x) {
  return x == 3 ? throw std::out_of_range("three") : x;
}
std::string twice(const std::string& text, int count) {
  return text + std::to_string(count);
}

std::vector<int> up_to(int count) {
  std::vector<int> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(i);
  }
  return values;
}

template <class Results>
std::vector<int> all_of(Results results) {
  std::vector<int> values;
  for (const int value : results) {
    values.push_back(value);
  }
  return values;
}

class Executor : public testing::Test {
 protected:
  void SetUp() override { board().reset(); }
};

// EXEC-34
TEST_F(Executor, SubmitGivesAFutureWithTheResult) {
  ProcessPoolExecutor executor(2);
  EXPECT_EQ(executor.submit(&twice, std::string("a"), 7).result(), "a7");
  EXPECT_EQ(executor.submit([] {}).result(), std::monostate());
  EXPECT_NE(executor.submit([] { return getpid(); }).result(), getpid());
}

// EXEC-34
TEST_F(Executor, MapGivesTheSameForAnyChunkSize) {
  ProcessPoolExecutor executor(2);
  std::vector<int> squares;
  for (const int i : up_to(10)) {
    squares.push_back(i * i);
  }
  for (const size_t chunksize : std::vector<size_t>{1, 3, 10, 50}) {
    EXPECT_EQ(all_of(executor.map(&square, up_to(10), chunksize)), squares);
  }
  EXPECT_EQ(all_of(executor.map(&square, up_to(0))), std::vector<int>());
  EXPECT_THROW(static_cast<void>(executor.map(&square, up_to(2), 0)),
               std::invalid_argument);
}

// EXEC-34
TEST_F(Executor, AnErrorInMapComesAtItsPlace) {
  ProcessPoolExecutor executor(2);
  auto results = executor.map(&fail_at_three, up_to(5));
  for (const int expected : {0, 1, 2}) {
    EXPECT_EQ(results.next(), expected);
  }
  EXPECT_THROW(results.next(), std::out_of_range);
}

// EXEC-34
TEST_F(Executor, AfterShutdownNothingIsTakenAndWhatWasTakenIsDone) {
  ProcessPoolExecutor executor(1);
  std::vector<ConcurrentFuture<int>> futures;
  for (const int i : up_to(20)) {
    futures.push_back(executor.submit(&square, i));
  }
  executor.shutdown();
  for (const int i : up_to(20)) {
    EXPECT_EQ(futures[static_cast<size_t>(i)].result(seconds(0)), i * i);
  }
  EXPECT_THROW(executor.submit(&square, 1), std::runtime_error);
  executor.shutdown();  // twice is fine
}

// EXEC-34
TEST_F(Executor, SeveralThreadsMayShutItDownAtOnce) {
  for (int round = 0; round < 20; ++round) {
    board().reset();
    ProcessPoolExecutor executor(1);
    const auto running = executor.submit(&pass_gate, 5);
    wait_until([] { return board().entered == 1; });
    std::atomic<int> at_it = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        ++at_it;
        executor.shutdown();
      });
    }
    wait_until([&] { return at_it == 3; });
    board().gate_open = true;
    threads.clear();
    EXPECT_EQ(running.result(seconds(0)), 5);
  }
}

// EXEC-34
TEST_F(Executor, ShutdownCanCancelWhatHasNotBegun) {
  ProcessPoolExecutor executor(1);
  const auto running = executor.submit(&pass_gate, 5);
  wait_until([] { return board().entered == 1; });
  auto waiting = executor.submit(&square, 2);
  executor.shutdown(false, true);
  EXPECT_TRUE(waiting.cancelled());
  board().gate_open = true;
  EXPECT_EQ(running.result(), 5);
  EXPECT_EQ(board().entered, 1);
}

// I1: the first lies ready for the worker, which is not ready for it.
TEST_F(Executor, WhatShutdownDoesNotCancelIsDone) {
  ProcessPoolExecutor executor(
      {.max_workers = 1, .initializer = [] { pass_gate(0); }});
  const auto first = executor.submit(&square, 2);
  const auto second = executor.submit(&square, 3);
  EXPECT_TRUE(first.running());
  executor.shutdown(false, true);
  board().gate_open = true;
  EXPECT_EQ(first.result(seconds(10)), 4);
  EXPECT_TRUE(second.cancelled());
}

// EXEC-34
TEST_F(Executor, AFutureIsCancelledBeforeItBeginsAndNotAfter) {
  ProcessPoolExecutor executor(1);
  auto running = executor.submit(&pass_gate, 5);
  auto waiting = executor.submit(&pass_gate, 6);
  wait_until([] { return board().entered == 1; });
  EXPECT_TRUE(running.running());
  EXPECT_FALSE(running.cancel());
  EXPECT_TRUE(waiting.cancel());
  EXPECT_THROW(waiting.result(), CancelledError);
  board().gate_open = true;
  EXPECT_EQ(running.result(), 5);
  executor.shutdown();
  EXPECT_EQ(board().entered, 1);  // the cancelled one never ran
}

// EXEC-34
TEST_F(Executor, SizesOfZeroAreRefused) {
  const auto make = [](ProcessPoolExecutor::Options options) {
    const ProcessPoolExecutor executor(std::move(options));
  };
  EXPECT_THROW(make({.max_workers = 0}), std::invalid_argument);
  EXPECT_THROW(make({.max_tasks_per_child = 0}), std::invalid_argument);
}

// EXEC-35. A C++ exception carries no trace that could be sent as its cause:
// its type and its text arrive, and of a type that is not known its name.
TEST_F(Executor, AnErrorArrivesWithItsTypeAndText) {
  struct Odd : std::exception {
    const char* what() const noexcept override { return "odd"; }
  };
  ProcessPoolExecutor executor(1);
  try {
    executor.submit(&fail_at_three, 3).result();
    FAIL() << "no error";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "three");
  }
  try {
    executor.submit([](int x) { return x == 0 ? throw Odd() : x; }, 0).result();
    FAIL() << "no error";
  } catch (const RemoteError& error) {
    EXPECT_NE(error.type_name().find("Odd"), std::string::npos);
  }
  EXPECT_EQ(executor.submit(&square, 3).result(), 9);
}

// EXEC-36
TEST_F(Executor, AllWorkersStartWithTheFirstJobAndAreReused) {
  ProcessPoolExecutor executor(4);
  EXPECT_EQ(os::children_of(getpid()).size(), 0u);
  EXPECT_EQ(executor.submit(&square, 2).result(), 4);
  EXPECT_EQ(os::children_of(getpid()).size(), 4u);
  const auto workers = executor.worker_pids();
  for (const int i : up_to(20)) {
    EXPECT_EQ(executor.submit(&square, i).result(), i * i);
  }
  EXPECT_EQ(executor.worker_pids(), workers);
}

// EXEC-37
TEST_F(Executor, AWorkerThatDiesFailsAllThatIsNotDone) {
  ProcessPoolExecutor executor(2);
  const auto done = executor.submit(&square, 3);
  EXPECT_EQ(done.result(), 9);
  std::vector<ConcurrentFuture<int>> lost;
  lost.push_back(executor.submit(&pass_gate, 1));  // in the other worker
  wait_until([] { return board().entered == 1; });
  lost.push_back(executor.submit(&die_when_told, 2));
  for (const int i : up_to(10)) {
    lost.push_back(executor.submit(&pass_gate, i));
  }
  board().runs[0] = 1;
  for (const auto& future : lost) {
    EXPECT_THROW(future.result(seconds(20)), BrokenProcessPool);
  }
  EXPECT_EQ(done.result(), 9);
  EXPECT_THROW(executor.submit(&square, 1), BrokenProcessPool);
  EXPECT_EQ(os::children_of(getpid()).size(), 0u);
  executor.shutdown();
}

// EXEC-37
TEST_F(Executor, AnIdleWorkerThatDiesBreaksItToo) {
  ProcessPoolExecutor executor(2);
  executor.submit(&square, 3).result();
  kill(executor.worker_pids().front(), SIGKILL);
  wait_until([] { return os::children_of(getpid()).empty(); });
  EXPECT_THROW(
      {
        // The break comes with the deaths of the others, or just after.
        for (;;) {
          executor.submit(&square, 1);
        }
      },
      BrokenProcessPool);
}

// EXEC-37
TEST_F(Executor, TheErrorSaysHowTheWorkerEnded) {
  ProcessPoolExecutor executor(1);
  try {
    executor.submit(&die, 1).result(seconds(20));
    FAIL() << "no error";
  } catch (const BrokenProcessPool& error) {
    EXPECT_NE(std::string(error.what()).find("was killed by signal 9"),
              std::string::npos);
  }
}

// EXEC-37
TEST_F(Executor, MapOfABrokenOneThrowsAtThePlace) {
  ProcessPoolExecutor executor(1);
  auto results = executor.map([](int x) { return x == 1 ? die(x) : x; },
                              std::vector{0, 1, 2});
  EXPECT_THROW(all_of(std::move(results)), BrokenProcessPool);
}

// EXEC-37. A job that was cancelled stays so.
TEST_F(Executor, TheBreakLeavesTheCancelledAlone) {
  ProcessPoolExecutor executor(1);
  const auto running =
      executor.submit([](int x) { return pass_gate(x), die(x); }, 1);
  auto waiting = executor.submit(&square, 1);
  EXPECT_TRUE(waiting.cancel());
  board().gate_open = true;
  EXPECT_THROW(running.result(seconds(20)), BrokenProcessPool);
  EXPECT_TRUE(waiting.cancelled());
}

// EXEC-37. As in Python: an initializer that throws ends its worker.
TEST_F(Executor, AnInitializerThatFailsBreaksIt) {
  ProcessPoolExecutor executor({.max_workers = 2, .initializer = [] {
                                  throw std::runtime_error("no start");
                                }});
  EXPECT_THROW(executor.submit(&square, 1).result(seconds(20)),
               BrokenProcessPool);
}

TEST_F(Executor, TheInitializerRunsInEveryWorker) {
  ProcessPoolExecutor executor(
      {.max_workers = 3, .initializer = [] { ++board().runs[0]; }});
  executor.submit(&square, 1).result();
  wait_until([] { return board().runs[0] == 3; });
}

TEST_F(Executor, AWorkerThatHasDoneItsShareIsReplacedWithoutABreak) {
  ProcessPoolExecutor executor({.max_workers = 1, .max_tasks_per_child = 2});
  std::set<pid_t> pids;
  for (int i = 0; i < 6; ++i) {
    pids.insert(executor.submit([] { return getpid(); }).result(seconds(20)));
  }
  EXPECT_EQ(pids.size(), 3u);
}

// EXEC-38
TEST_F(Executor, ShutdownLeavesNoProcess) {
  {
    ProcessPoolExecutor executor(3);
    executor.submit(&square, 1);
  }
  EXPECT_EQ(os::children_of(getpid()).size(), 0u);
  ProcessPoolExecutor executor(3);
  executor.submit(&square, 1);
  executor.shutdown();
  EXPECT_EQ(os::children_of(getpid()).size(), 0u);
}

// EXEC-39
static_assert(std::is_base_of_v<std::runtime_error, BrokenProcessPool>);

TEST_F(Executor, NoMoreProcessesIsAnErrorOfSubmit) {
  ProcessPoolExecutor executor(2);
  {
    const tests::SwapSyscall swap(&os::Syscalls::fork, []() -> pid_t {
      errno = EAGAIN;
      return -1;
    });
    EXPECT_THROW(executor.submit(&square, 1), std::system_error);
  }
  EXPECT_EQ(executor.submit(&square, 2).result(), 4);
}

}  // namespace
}  // namespace ipc
