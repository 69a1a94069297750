// What a timer costs from its making to its end.
//
// Limit*  deadlines in a std::priority_queue; cancelling marks one as dead, and
//         it is thrown away when its time comes. No clock, no callbacks.
// Queue*  loop/timer_queue.h alone, like for like: cancelling takes it out
// CallAt* the whole way through a loop: callback, handle, clock, poll, call
//
// The argument is how many there are at once; deadlines are random within
// 100 ms. Column per_timer is CPU time. Targets: Fire at most 1.3 times and
// Cancel at most 0.6 times the limit.
//
//   bazel run --config=bench //bench:timers_bench
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "loop/event_loop.h"
#include "loop/handle.h"
#include "loop/runnable.h"
#include "loop/timer_queue.h"
#include "scheduler/clock.h"

namespace {

using loop::EventLoop;
using loop::TimerHandle;
using scheduler::Duration;
using scheduler::TimePoint;

constexpr int kFire = 0;
constexpr int kCancel = 1;

// Which timers there are, and in which order they are cancelled.
struct Plan {
  explicit Plan(const benchmark::State& state)
      : due(static_cast<size_t>(state.range(0))), order(due.size()) {
    std::mt19937 dice(1);
    for (size_t i = 0; i < due.size(); ++i) {
      due[i] = std::chrono::nanoseconds(dice() % 100'000'000);
      order[i] = i;
    }
    std::shuffle(order.begin(), order.end(), dice);
  }
  std::vector<Duration> due;
  std::vector<size_t> order;
};

void show_each(benchmark::State& state) {
  state.counters["per_timer"] =
      benchmark::Counter(static_cast<double>(state.range(0)),
                         benchmark::Counter::kIsIterationInvariantRate |
                             benchmark::Counter::kInvert);
}

template <int kEnd>
void limit(benchmark::State& state) {
  const Plan plan(state);
  using Entry = std::pair<Duration, size_t>;
  for (auto _ : state) {
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::vector<char> cancelled(plan.due.size());
    for (size_t i = 0; i < plan.due.size(); ++i) {
      queue.emplace(plan.due[i], i);
    }
    if constexpr (kEnd == kCancel) {
      for (const size_t i : plan.order) {
        cancelled[i] = 1;
      }
    }
    size_t fired = 0;
    for (; !queue.empty(); queue.pop()) {
      fired += cancelled[queue.top().second] == 0;
    }
    benchmark::DoNotOptimize(fired);
  }
  show_each(state);
}

struct Timer final : loop::Runnable {
  void run() override { ++*fired; }
  void discard() override {}
  std::string describe() const override { return "timer"; }
  size_t* fired = nullptr;
};

template <int kEnd>
void queue(benchmark::State& state) {
  const Plan plan(state);
  for (auto _ : state) {
    loop::TimerQueue timers;
    std::vector<Timer> entries(plan.due.size());
    size_t fired = 0;
    for (size_t i = 0; i < plan.due.size(); ++i) {
      entries[i].fired = &fired;
      timers.push(entries[i], TimePoint(plan.due[i]));
    }
    if constexpr (kEnd == kCancel) {
      for (const size_t i : plan.order) {
        timers.remove(entries[i]);
      }
    }
    while (!timers.empty()) {
      timers.pop().run();
    }
    benchmark::DoNotOptimize(fired);
  }
  show_each(state);
}

template <int kEnd>
void call_at(benchmark::State& state) {
  const Plan plan(state);
  const size_t count = plan.due.size();
  for (auto _ : state) {
    EventLoop loop;
    std::vector<TimerHandle> handles;
    size_t fired = 0;
    const auto on_time = [&] {
      if (++fired == count) {
        loop.stop();
      }
    };
    const TimePoint start = loop.time();
    if constexpr (kEnd == kFire) {
      for (const Duration due : plan.due) {
        loop.call_at(start + due, on_time);
      }
      loop.run_forever();
    } else {
      handles.reserve(count);
      for (const Duration due : plan.due) {
        handles.push_back(loop.call_at(start + due, on_time));
      }
      for (const size_t i : plan.order) {
        handles[i].cancel();
      }
    }
  }
  show_each(state);
}

// Enough of the larger ones for a median is a matter of seconds.
void sizes(benchmark::internal::Benchmark* row) {
  row->RangeMultiplier(10)
      ->Range(1'000, 1'000'000)
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK_TEMPLATE(limit, kFire)->Name("LimitFire")->Apply(sizes);
BENCHMARK_TEMPLATE(queue, kFire)->Name("QueueFire")->Apply(sizes);
BENCHMARK_TEMPLATE(call_at, kFire)->Name("CallAtFire")->Apply(sizes);
BENCHMARK_TEMPLATE(limit, kCancel)->Name("LimitCancel")->Apply(sizes);
BENCHMARK_TEMPLATE(queue, kCancel)->Name("QueueCancel")->Apply(sizes);
BENCHMARK_TEMPLATE(call_at, kCancel)->Name("CallAtCancel")->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
