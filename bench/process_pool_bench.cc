// What it costs to let processes do small things.
//
//   bazel run --config=bench //bench:process_pool_bench
//
// limit/static_split    two forks, each with half of the items; forks included
// limit/shared_counter  two forks that take one index after the other
// process_pool_map      a running pool of two, chunk of one, and automatic
// limit/fork_exit_wait  the three system calls
// process               ipc::Process, started and joined
//
// Targets: 1 M items/s with chunks of one, half of the static split with
// automatic ones; process at most 1.3 times its limit. What a chunk of one
// costs beyond the limit: two transfers of its place in the ring between
// processors, a task to encode and an answer to decode.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <vector>

#include "benchmark/benchmark.h"
#include "ipc/process.h"
#include "ipc/process_pool.h"
#include "ipc/shared.h"

namespace {

constexpr int kItems = 100'000;
constexpr int kWorkers = 2;

int increment(int x) {
  return x + 1;
}
// Called like this it cannot be inlined, as no pool could.
int (*volatile trivial)(int) = &increment;

struct Split {
  std::atomic<int> next = 0;
  std::array<int, kItems> results = {};
};

template <class Work>
void in_forks(Work work) {
  std::array<pid_t, kWorkers> children;
  for (int i = 0; i < kWorkers; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      work(i);
      _exit(0);
    }
    children[static_cast<size_t>(i)] = child;
  }
  for (const pid_t child : children) {
    if (child == -1 || waitpid(child, nullptr, 0) != child) {
      abort();
    }
  }
}

void limit_static_split(benchmark::State& state) {
  const ipc::Shared<Split> split;
  for (auto _ : state) {
    in_forks([&](int number) {
      for (int i = number * kItems / kWorkers;
           i < (number + 1) * kItems / kWorkers; ++i) {
        split->results[static_cast<size_t>(i)] = trivial(i);
      }
    });
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void limit_shared_counter(benchmark::State& state) {
  const ipc::Shared<Split> split;
  for (auto _ : state) {
    split->next = 0;
    in_forks([&](int) {
      for (int i = split->next++; i < kItems; i = split->next++) {
        split->results[static_cast<size_t>(i)] = trivial(i);
      }
    });
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void process_pool_map(benchmark::State& state,
                      std::optional<size_t> chunksize) {
  std::vector<int> items;
  for (int i = 0; i < kItems; ++i) {
    items.push_back(i);
  }
  ipc::ProcessPool pool(kWorkers);
  for (auto _ : state) {
    benchmark::DoNotOptimize(pool.map(&increment, items, chunksize));
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}

void limit_fork_exit_wait(benchmark::State& state) {
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) {
      _exit(0);
    }
    if (waitpid(child, nullptr, 0) != child) {
      abort();
    }
  }
}

void process(benchmark::State& state) {
  for (auto _ : state) {
    ipc::Process child([] {});
    child.start();
    child.join();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto add = [](const char* name, auto function) {
    benchmark::RegisterBenchmark(name, function)->UseRealTime();
  };
  add("limit/static_split", &limit_static_split);
  add("limit/shared_counter", &limit_shared_counter);
  add("process_pool_map/chunk_1",
      [](benchmark::State& state) { process_pool_map(state, 1); });
  add("process_pool_map/automatic",
      [](benchmark::State& state) { process_pool_map(state, std::nullopt); });
  add("limit/fork_exit_wait", &limit_fork_exit_wait);
  add("process", &process);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
