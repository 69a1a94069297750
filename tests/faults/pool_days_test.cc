// ipc/'s pools on bad days: workers that die, and workers that begin with an
// initializer, which works, is refused, throws, dies or never ends.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/async_result.h"
#include "ipc/connection.h"
#include "ipc/errors.h"
#include "ipc/pipe.h"
#include "ipc/process_pool.h"
#include "ipc/process_pool_executor.h"
#include "ipc/shared.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "tests/faults/fault_runs.h"

namespace ipc {
namespace {

using scheduler::seconds;
using tests::Days;

const std::string kLong(50'000, 'x');

// What a pool needs.
const std::vector<std::string> kPool = {
    "fork",          "pidfd_open",     "pipe2",  "mmap(anonymous)",
    "epoll_create1", "epoll_ctl(ADD)", "eventfd"};

int twice(int x) {
  return 2 * x;
}

int die_at_three(int x) {
  if (x == 3) {
    ::kill(::getpid(), SIGKILL);
  }
  return x;
}
std::string grow(const std::string& text) {
  return text + text;
}

// pool_core.h I1
TEST(PoolOnBadDays, APoolAnswersOrWasNeverMade) {
  Days(kPool).run(60, [] {
    ProcessPool pool(2);
    EXPECT_EQ(pool.map(&twice, std::vector<int>{1, 2, 3, 4}, 1),
              (std::vector<int>{2, 4, 6, 8}));
    EXPECT_EQ(pool.apply(&grow, kLong), kLong + kLong);
    pool.close();
    pool.join();
  });
}

// A thread reads the items, and workers end and are replaced all the time.
TEST(PoolOnBadDays,
     APoolOfShortLivedWorkersGivesEveryResultInOrderOrSaysWhyNot) {
  std::vector<int> items, doubled;
  for (int i = 0; i < 20; ++i) {
    items.push_back(i);
    doubled.push_back(2 * i);
  }
  Days(kPool).run(60, [&] {
    ProcessPool pool(2, {.initializer = [] {}, .maxtasksperchild = 3});
    std::vector<int> results;
    for (const int result : pool.imap(&twice, items)) {
      results.push_back(result);
    }
    EXPECT_EQ(results, doubled);
    pool.close();
    pool.join();
  });
}

// pool_core.h I1 I4: the system may refuse to replace the dead one.
TEST(PoolOnBadDays, APoolThatLosesAWorkerFailsItsJobAndGoesOnOrSaysWhyNot) {
  Days(kPool).run(60, [] {
    ProcessPool pool(1);
    EXPECT_THROW(pool.apply(&die_at_three, 3), WorkerDied);
    EXPECT_EQ(pool.apply(&twice, 4), 8);
    pool.close();
    pool.join();
  });
}

// process_pool_executor.h I1 I3
TEST(PoolOnBadDays, AnExecutorAnswersOrSaysWhyNot) {
  Days(kPool).run(60, [] {
    ProcessPoolExecutor executor(2);
    const auto first = executor.submit(&twice, 21);
    const auto second = executor.submit(&grow, kLong);
    EXPECT_EQ(first.result(seconds(20)), 42);
    EXPECT_EQ(second.result(seconds(20)), kLong + kLong);
    executor.shutdown();
  });
}

// Initializers.

constexpr int kJobs = 6;

// What an initializer may do: descriptors, memory, bytes there and back.
void make_calls() {
  const Shared<int> memory(7);
  auto [reader, writer] = make_pipe(false);
  writer.send(std::string(20'000, 'x'));
  writer.send(*memory);
  if (reader.recv<std::string>().size() != 20'000 || reader.recv<int>() != 7) {
    ::_exit(1);  // no EXPECT of a worker's is heard of in the test
  }
}
void insist() {
  for (;;) {
    try {
      make_calls();
      return;
    } catch (const std::system_error&) {
      // once more: this one is to come through
    }
  }
}
// Nobody wants to read thousands of times how a worker ended.
void be_silent() {
  os::syscalls.close(STDERR_FILENO);
}
// The first lots of a child are its parent's next ones too; so it makes many.
void give_up_when_refused() {
  be_silent();
  for (int round = 0; round < 10; ++round) {
    make_calls();
  }
}
void always_throw() {
  be_silent();
  throw std::runtime_error("no");
}
void always_die() {
  ::kill(::getpid(), SIGKILL);
}
void never_end() {
  for (;;) {
    ::pause();
  }
}

// How many of some jobs were lost with a worker. Each of them ends [pool_core.h
// I1]; one that the system refused is thrown when all have.
template <class Lost, class Submit, class Get>
int jobs_lost(Submit submit, Get get) {
  using Future = decltype(submit(0));
  std::vector<std::optional<Future>> futures(kJobs);
  std::exception_ptr refusal;
  int lost = 0;
  const auto count = [&](auto step) {
    try {
      step();
    } catch (const Lost&) {
      ++lost;
    } catch (const std::system_error&) {
      refusal = std::current_exception();
    }
  };
  for (int i = 0; i < kJobs; ++i) {
    count([&] { futures[static_cast<size_t>(i)] = submit(i); });
  }
  for (int i = 0; i < kJobs; ++i) {
    if (const auto& future = futures[static_cast<size_t>(i)]) {
      count([&] { EXPECT_EQ(get(*future), twice(i)); });
    }
  }
  if (refusal) {
    std::rethrow_exception(refusal);
  }
  return lost;
}

int jobs_lost_by_pool(const std::function<void()>& initializer) {
  ProcessPool pool(2, {.initializer = initializer});
  const int lost = jobs_lost<WorkerDied>(
      [&](int i) { return pool.apply_async(&twice, std::tuple(i)); },
      [](const AsyncResult<int>& result) { return result.get(seconds(20)); });
  pool.close();
  pool.join();
  return lost;
}

int jobs_lost_by_executor(const std::function<void()>& initializer) {
  ProcessPoolExecutor executor({.max_workers = 2, .initializer = initializer});
  const int lost = jobs_lost<BrokenProcessPool>(
      [&](int i) { return executor.submit(&twice, i); },
      [](const scheduler::ConcurrentFuture<int>& future) {
        return future.result(seconds(20));
      });
  executor.shutdown();
  return lost;
}

TEST(PoolOnBadDays, WorkersThatComeThroughTheirInitializerLoseNothing) {
  Days(kPool).run(60, [] { EXPECT_EQ(jobs_lost_by_pool(&insist), 0); });
}

TEST(PoolOnBadDays,
     AnInitializerThatIsRefusedSomeCallsLeavesNoJobWithoutAnEnd) {
  Days(kPool).run(60, [] { jobs_lost_by_pool(&give_up_when_refused); });
}

TEST(PoolOnBadDays, AnInitializerThatThrowsFailsEveryJob) {
  Days(kPool).run(60,
                  [] { EXPECT_EQ(jobs_lost_by_pool(&always_throw), kJobs); });
}

TEST(PoolOnBadDays, AnInitializerThatDiesFailsEveryJob) {
  Days(kPool).run(60, [] { EXPECT_EQ(jobs_lost_by_pool(&always_die), kJobs); });
}

// Only the first comes through. Those that die before it has may cost a job.
TEST(PoolOnBadDays, OneThatServesBesideThoseThatDieLeavesNoJobWithoutAnEnd) {
  Days(kPool).run(60, [] {
    const Shared<std::atomic<int>> born(0);
    const auto all_but_first_die = [&] {
      if (++*born > 1) {
        always_die();
      }
    };
    jobs_lost_by_pool(all_but_first_die);
  });
}

TEST(PoolOnBadDays, APoolWhoseInitializersRunCanBeLeft) {
  Days(kPool).run(60, [] {
    ProcessPool pool(2, {.initializer = &never_end});
    const auto never = pool.apply_async(&twice, std::tuple(1));
    pool.terminate();
    EXPECT_FALSE(never.ready());
  });
}

TEST(PoolOnBadDays, AnExecutorWhoseInitializerWorksAnswers) {
  Days(kPool).run(60, [] { EXPECT_EQ(jobs_lost_by_executor(&insist), 0); });
}

TEST(PoolOnBadDays, AnExecutorWhoseInitializerThrowsBreaksForEveryJob) {
  Days(kPool).run(
      60, [] { EXPECT_EQ(jobs_lost_by_executor(&always_throw), kJobs); });
}

TEST(PoolOnBadDays, AnExecutorWhoseInitializerDiesBreaksForEveryJob) {
  Days(kPool).run(60,
                  [] { EXPECT_EQ(jobs_lost_by_executor(&always_die), kJobs); });
}

}  // namespace
}  // namespace ipc
