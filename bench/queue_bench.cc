// What an item costs in a queue of tasks that holds many already.
//
// Limit          a std::deque
// OldestFirst    loop/sync/queue.h, first in, first out
// SmallestFirst  the same with priorities: a heap
//
// One iteration puts one item in and takes one out, while the others lie there.
//
//   bazel run --config=bench //bench:queue_bench
#include <cstdint>
#include <deque>
#include <random>

#include "benchmark/benchmark.h"
#include "loop/sync/queue.h"
#include "loop/sync/queue_order.h"

namespace {

void limit(benchmark::State& state) {
  std::mt19937 dice(1);
  std::deque<uint32_t> items;
  for (int64_t i = 0; i < state.range(0); ++i) {
    items.push_back(static_cast<uint32_t>(dice()));
  }
  for (auto _ : state) {
    items.push_back(static_cast<uint32_t>(dice()));
    benchmark::DoNotOptimize(items.front());
    items.pop_front();
  }
  state.SetItemsProcessed(state.iterations());
}

template <class Order>
void queue(benchmark::State& state) {
  std::mt19937 dice(1);
  loop::sync::Queue<uint32_t, Order> items;
  for (int64_t i = 0; i < state.range(0); ++i) {
    items.put_nowait(static_cast<uint32_t>(dice()));
  }
  for (auto _ : state) {
    items.put_nowait(static_cast<uint32_t>(dice()));
    benchmark::DoNotOptimize(items.get_nowait());
  }
  state.SetItemsProcessed(state.iterations());
}

void sizes(benchmark::internal::Benchmark* row) {
  row->RangeMultiplier(10)->Range(1'000, 1'000'000);
}
BENCHMARK(limit)->Name("Limit")->Apply(sizes);
BENCHMARK_TEMPLATE(queue, loop::sync::OldestFirst<uint32_t>)
    ->Name("OldestFirst")
    ->Apply(sizes);
BENCHMARK_TEMPLATE(queue, loop::sync::SmallestFirst<uint32_t>)
    ->Name("SmallestFirst")
    ->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
