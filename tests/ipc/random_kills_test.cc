// Workers, producers and consumers killed at random instants: every task and
// every item is accounted for once, nobody else is stopped, and nothing stays
// behind (the leak listener looks for processes, descriptors and names).
//
// pool_core.h I1 I3, process_pool_executor.h I1, queue_core.h I1 I2. KILLS says
// how many each test makes; //tests/ipc:random_kills_soak_test makes thousands.
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/errors.h"
#include "ipc/mutex.h"
#include "ipc/process.h"
#include "ipc/process_pool.h"
#include "ipc/process_pool_executor.h"
#include "ipc/queue.h"
#include "ipc/shared.h"
#include "os/mapping.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

constexpr unsigned kSeed = 20240607;

int kills_wanted() {
  const char* const text = std::getenv("KILLS");
  return text == nullptr ? 150 : std::atoi(text);
}

// Counters that all processes see, zero at first. Pages cost nothing before
// they are touched.
class Ledger {
 public:
  explicit Ledger(size_t size)
      : memory_(os::Mapping::anonymous(size, os::Mapping::Sharing::kShared)) {}
  std::atomic<uint8_t>& operator[](size_t index) const {
    return reinterpret_cast<std::atomic<uint8_t>*>(memory_.data())[index];
  }

 private:
  os::Mapping memory_;
};

class RandomKills : public testing::Test {
 protected:
  RandomKills() : kills_(kills_wanted()), dice_(kSeed) {
    std::printf("seed %u, %d kills\n", kSeed, kills_);
  }
  // A number below `bound`.
  size_t roll(size_t bound) { return dice_() % bound; }
  // So that the kill comes anywhere in what the victim does.
  void linger() {
    const auto& clock = scheduler::SteadyClock::instance();
    const auto end =
        clock.now() + std::chrono::microseconds(static_cast<int>(roll(300)));
    while (clock.now() < end) {
    }
  }
  void kill_one_of(const std::vector<pid_t>& workers) {
    if (!workers.empty()) {
      kill(workers[roll(workers.size())], SIGKILL);
      ++killed_;
    }
  }

  const int kills_;
  int killed_ = 0;
  std::mt19937 dice_;
};

// What the jobs of a pool share although they should not: a lock, what it
// guards, and a queue.
struct World {
  Mutex mutex;
  int first = 0;
  int second = 0;  // equal to the first, whenever nobody is inside
};
World* world = nullptr;
Queue<int>* places = nullptr;
const Ledger* begun = nullptr;

constexpr size_t kKinds = 8;
constexpr size_t kLong = 300'000;  // bytes: several times what a pipe holds

void hold_the_lock() {
  const std::lock_guard held(world->mutex);
  if (world->mutex.owner_died()) {
    world->second = world->first;
    world->mutex.mark_repaired();
  }
  if (world->first != world->second) {
    throw std::logic_error("what the lock guards is half changed");
  }
  ++world->first;
  for (int spin = 0; spin < 10'000; ++spin) {
    asm volatile("");
  }
  ++world->second;
}

void hold_a_slot(int index) {
  try {
    places->put_nowait(index);
    places->get_nowait();
  } catch (const scheduler::QueueFull&) {
    places->get_nowait();  // left by those who were killed
  } catch (const scheduler::QueueEmpty&) {
    // another one has taken ours along
  }
}

// Jobs to be killed in: at once, computing, with an argument or a result that
// does not fit into a pipe, holding a lock, holding a slot of a queue.
std::string job(int index, std::string argument) {
  ++(*begun)[static_cast<size_t>(index)];
  switch (static_cast<size_t>(index) % kKinds) {
    case 4:
      return std::string(kLong, 'r');
    case 5:
      return std::to_string(argument.size());
    case 6:
      hold_the_lock();
      break;
    case 7:
      hold_a_slot(index);
      break;
    default:
      for (int spin = 0; spin < 20'000; ++spin) {
        asm volatile("");
      }
  }
  return std::to_string(index);
}

std::string argument_of(int index) {
  return static_cast<size_t>(index) % kKinds == 5 ? std::string(kLong, 'a')
                                                  : "";
}
bool is_right(int index, const std::string& result) {
  switch (static_cast<size_t>(index) % kKinds) {
    case 4:
      return result == std::string(kLong, 'r');
    case 5:
      return result == std::to_string(kLong);
    default:
      return result == std::to_string(index);
  }
}

class RandomKillsOfWorkers : public RandomKills {
 protected:
  explicit RandomKillsOfWorkers(size_t tasks = 8)
      : tasks_(static_cast<size_t>(kills_) * tasks),
        places_(16),
        begun_(tasks_) {
    world = &*world_;
    places = &places_;
    begun = &begun_;
  }

  const size_t tasks_;
  const Shared<World> world_;
  Queue<int> places_;
  const Ledger begun_;
};

TEST_F(RandomKillsOfWorkers, EachTaskOfAPoolEndsOnce) {
  ProcessPool pool(3);
  std::atomic<size_t> ended = 0;
  std::vector<std::atomic<int>> values(tasks_);
  std::vector<std::atomic<int>> deaths(tasks_);
  for (size_t i = 0; i < tasks_; ++i) {
    const int index = static_cast<int>(i);
    pool.apply_async(
        &job, std::tuple(index, argument_of(index)),
        [&, i, index](const std::string& result) {
          values[i] += is_right(index, result) ? 1 : 0;
          ++ended;
        },
        [&, i](std::exception_ptr error) {
          try {
            std::rethrow_exception(error);
          } catch (const WorkerDied&) {
            ++deaths[i];
          } catch (const std::exception& other) {
            ADD_FAILURE() << "task " << i << ": " << other.what();
          }
          ++ended;
        });
    if (killed_ < kills_ && roll(6) == 0) {
      linger();
      kill_one_of(pool.worker_pids());
    }
    wait_until([&] { return i - ended < 200 || i < ended; });
  }
  pool.close();
  pool.join();
  int died = 0;
  for (size_t i = 0; i < tasks_; ++i) {
    ASSERT_EQ(values[i] + deaths[i], 1) << i;
    // Done means done once; died means begun once or not at all.
    ASSERT_LE(begun_[i], 1) << i;
    ASSERT_GE(begun_[i], values[i].load()) << i;
    died += deaths[i];
  }
  std::printf("%d killed, %d tasks died with them, of %zu\n", killed_, died,
              tasks_);
  EXPECT_LE(died, killed_);  // one kill, one task at most
  EXPECT_GT(died, 0);
}

// EXEC-37
TEST_F(RandomKillsOfWorkers, EachFutureOfAnExecutorEndsOnce) {
  constexpr size_t kJobs = 8;
  int broken = 0;
  for (int round = 0; round < kills_; ++round) {
    ProcessPoolExecutor executor(2);
    std::vector<scheduler::ConcurrentFuture<std::string>> futures;
    std::array<std::atomic<int>, kJobs> calls = {};
    const size_t fatal = roll(kJobs);
    const size_t first = static_cast<size_t>(round) * kJobs;
    try {
      for (size_t i = 0; i < kJobs; ++i) {
        const int index = static_cast<int>(first + i);
        futures.push_back(executor.submit(&job, index, argument_of(index)));
        futures.back().add_done_callback(
            [&calls, i](const auto&) { ++calls[i]; });
        if (i == fatal) {
          linger();
          kill_one_of(executor.worker_pids());
        }
      }
    } catch (const BrokenProcessPool&) {
      // It has been noticed already, and no more is taken.
    }
    executor.shutdown();
    bool broke = false;
    for (size_t i = 0; i < futures.size(); ++i) {
      const int index = static_cast<int>(first + i);
      try {
        ASSERT_TRUE(is_right(index, futures[i].result())) << index;
        ASSERT_EQ(begun_[first + i], 1) << index;
      } catch (const BrokenProcessPool&) {
        broke = true;
        ASSERT_LE(begun_[first + i], 1) << index;
      }
      ASSERT_EQ(calls[i], 1) << index;
    }
    broken += broke ? 1 : 0;
  }
  std::printf("%d killed, %d executors broken with work left\n", killed_,
              broken);
  EXPECT_GT(broken, 0);
}

// Items of the queue are numbered; what became of each stands in three books.
struct Item {
  uint64_t number;
  uint64_t check;  // ~number
};

TEST_F(RandomKills, EachItemOfAQueueIsTakenOnce) {
  constexpr size_t kMost = 100'000'000;
  const Shared<std::atomic<uint64_t>> next;
  const Shared<std::atomic<uint64_t>> taken_in_all;
  const Ledger to_be_put(kMost);
  const Ledger put(kMost);
  const Ledger taken(kMost);
  Queue<Item> queue(5);
  const auto produce = [&] {
    for (;;) {
      const uint64_t number = (*next)++;
      to_be_put[number] = 1;
      queue.put({number, ~number});
      put[number] = 1;
    }
  };
  const auto take = [&](const Item& item) {
    if (item.check != ~item.number) {
      _exit(1);  // torn
    }
    ++taken[item.number];
    ++*taken_in_all;
  };
  const auto consume = [&] {
    for (;;) {
      take(queue.get());
    }
  };
  constexpr size_t kProducers = 2;
  std::array<std::optional<Process>, 4> family;
  std::array<int, 2> killed = {};  // producers, consumers
  const auto start = [&](size_t i) {
    family[i].emplace(i < kProducers ? started(produce) : started(consume));
  };
  const auto end = [&](size_t i) {
    family[i]->kill();
    family[i]->join();
    EXPECT_EQ(family[i]->exitcode(), -SIGKILL);
    ++killed[i < kProducers ? 0 : 1];
  };
  for (size_t i = 0; i < family.size(); ++i) {
    start(i);
  }
  for (int round = 0; round < kills_; ++round) {
    // The work goes on after each kill.
    const uint64_t before = *taken_in_all;
    const size_t more = roll(50);
    wait_until([&] { return *taken_in_all > before + more; });
    linger();
    const size_t victim = roll(family.size());
    end(victim);
    start(victim);
  }
  for (size_t i = 0; i < family.size(); ++i) {
    end(i);
  }
  while (!queue.empty()) {
    take(queue.get());
  }
  int in_doubt = 0;
  int lost = 0;
  const uint64_t numbers = *next;
  ASSERT_LT(numbers, kMost);
  for (uint64_t i = 0; i < numbers; ++i) {
    ASSERT_LE(taken[i], 1) << i;
    ASSERT_LE(taken[i], to_be_put[i]) << i;
    in_doubt += to_be_put[i] == 1 && put[i] == 0 ? 1 : 0;
    lost += put[i] == 1 && taken[i] == 0 ? 1 : 0;
  }
  std::printf("%llu items, %d producers killed in a put, %d taken along\n",
              static_cast<unsigned long long>(numbers), in_doubt, lost);
  EXPECT_LE(in_doubt, killed[0]);
  EXPECT_LE(lost, killed[1]);  // one kill, one item at most
  // And it still works.
  queue.put({1, 2});
  EXPECT_EQ(queue.get().check, 2u);
}

}  // namespace
}  // namespace ipc
