// A pool that loses a worker ten times a second, and somebody who gives it
// again what was lost: every task is answered, and rightly.
//
// A pool replaces its workers but runs nothing twice: the job that a worker
// took along fails with WorkerDied, since only its owner knows whether it may
// be done again (ipc/process_pool.h). These may, so the supervisor here
// submits it anew. SECONDS says for how long;
// //tests/ipc:pool_loses_workers_soak_test takes half a minute.
#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/async_result.h"
#include "ipc/errors.h"
#include "ipc/process_pool.h"
#include "scheduler/clock.h"
#include "tests/support/environment.h"
#include "tests/support/footprint.h"

namespace ipc {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kSeed = 20240612;
constexpr size_t kWorkers = 3;
constexpr size_t kWindow = 50;  // so many tasks are on their way
constexpr size_t kKeptPages = 64 * 1024;

// Some milliseconds of work, for a kill to fall into.
int64_t squared(int64_t x) {
  for (int spin = 0; spin < 8'000'000; ++spin) {
    asm volatile("");
  }
  return x * x;
}

// Gives tasks to a pool, and gives them once more when they are lost.
class Supervisor {
 public:
  void submit(int64_t task) {
    under_way_.emplace_back(task,
                            pool_.apply_async(&squared, std::tuple(task)));
  }
  size_t under_way() const { return under_way_.size(); }

  // Waits for the one that was submitted first.
  void take_oldest() {
    const auto [task, result] = std::move(under_way_.front());
    under_way_.pop_front();
    try {
      ASSERT_EQ(result.get(scheduler::seconds(20)), task * task);
      ++answered_;
    } catch (const WorkerDied&) {
      ++lost_;
      submit(task);
    }
  }
  size_t answered() const { return answered_; }
  size_t lost() const { return lost_; }

  // False if all are dead already.
  bool kill_one(std::mt19937& dice) {
    const std::vector<pid_t> workers = pool_.worker_pids();
    return !workers.empty() &&
           ::kill(workers[dice() % workers.size()], SIGKILL) == 0;
  }

 private:
  ProcessPool pool_{kWorkers};
  std::deque<std::pair<int64_t, AsyncResult<int64_t>>> under_way_;
  size_t answered_ = 0;
  size_t lost_ = 0;
};

// EXEC-37 says what an executor does instead: it breaks.
TEST(PoolLosesWorkers, TenTimesASecondAndEveryTaskIsAnswered) {
  const auto& clock = scheduler::SteadyClock::instance();
  const auto time =
      scheduler::seconds(static_cast<double>(tests::number_in("SECONDS", 1)));
  std::mt19937 dice(kSeed);
  Supervisor supervisor;
  const auto start = clock.now();
  auto next_kill = start + milliseconds(100);
  size_t kills = 0;
  int64_t tasks = 0;
  size_t heap = 0;  // when every kind of thing has happened once
  // Longer if every kill so far has hit one that had nothing begun.
  while (clock.now() < start + time || supervisor.lost() == 0) {
    while (supervisor.under_way() < kWindow) {
      supervisor.submit(tasks++);
    }
    if (clock.now() >= next_kill) {
      next_kill += milliseconds(100);
      kills += supervisor.kill_one(dice) ? 1 : 0;
    }
    ASSERT_NO_FATAL_FAILURE(supervisor.take_oldest());
    if (heap == 0 && supervisor.lost() > 0) {
      heap = tests::Footprint::now().heap_bytes;
    }
  }
  while (supervisor.under_way() > 0) {
    ASSERT_NO_FATAL_FAILURE(supervisor.take_oldest());
  }
  std::printf("seed %u: %lld tasks, %zu kills, %zu tasks lost and done again\n",
              kSeed, static_cast<long long>(tasks), kills, supervisor.lost());
  EXPECT_EQ(supervisor.answered(), static_cast<size_t>(tasks));
  EXPECT_LE(supervisor.lost(), kills);  // one kill, one task at most
  EXPECT_LE(tests::Footprint::now().heap_bytes, heap + kKeptPages);
}

}  // namespace
}  // namespace ipc
