// What it costs to be watched, and what it costs to be ready to be.
//
//   bazel run --config=bench //bench:timeline_bench
//
// Limit     a clock that is read and 32 bytes that are stored
// Unwatched a scheduler's question whether anybody watches; nobody does
// Watched   scheduler/timeline.h, told of a task that runs and waits in turn
//
// One iteration is one event. Targets: Unwatched at most 1 ns, Watched at most
// 1.5 times Limit.
#include <malloc.h>

#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace {

using scheduler::Decider;
using scheduler::Reason;
using scheduler::SteadyClock;
using scheduler::Timeline;

// As many as a demo records.
constexpr int64_t kEvents = 4'000;
constexpr scheduler::TaskId kTasks = 16;

struct Stored {
  scheduler::TimePoint time;
  uint64_t what[3];
};
static_assert(sizeof(Stored) == 32);

void Limit(benchmark::State& state) {
  std::vector<Stored> events(kEvents);
  const scheduler::Clock& clock = SteadyClock::instance();
  while (state.KeepRunningBatch(kEvents)) {
    for (Stored& event : events) {
      event = {clock.now(), {1, 2, 3}};
    }
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Limit);

// The same into memory that grows, as nobody knows how many events will come.
void LimitGrowing(benchmark::State& state) {
  const scheduler::Clock& clock = SteadyClock::instance();
  while (state.KeepRunningBatch(kEvents)) {
    std::vector<Stored> events;
    for (int64_t i = 0; i < kEvents; ++i) {
      events.push_back({clock.now(), {1, 2, 3}});
    }
    benchmark::DoNotOptimize(events.data());
  }
}
BENCHMARK(LimitGrowing);

// What stands in every scheduler: if (observer_ != nullptr) ...
void Unwatched(benchmark::State& state) {
  scheduler::Observer* observer = nullptr;
  for (auto _ : state) {
    benchmark::DoNotOptimize(observer);
    if (observer != nullptr) {
      observer->running(1);
    }
  }
}
BENCHMARK(Unwatched);

template <Timeline::Cpu kCpu>
void Watched(benchmark::State& state) {
  while (state.KeepRunningBatch(kEvents)) {
    Timeline timeline(SteadyClock::instance(), kCpu);
    for (scheduler::TaskId task = 0; task < kTasks; ++task) {
      timeline.created(task, "task");
    }
    // As a scheduler sees it: some Observer.
    scheduler::Observer* observer = &timeline;
    benchmark::DoNotOptimize(observer);
    for (int64_t i = kTasks; i < kEvents; i += 2) {
      const auto task = static_cast<scheduler::TaskId>(i / 2 % kTasks);
      observer->running(task);
      observer->suspended(task, Reason::kIo, Decider::kTask);
    }
    benchmark::DoNotOptimize(timeline.events().data());
  }
}
BENCHMARK_TEMPLATE(Watched, Timeline::Cpu::kNone)->Name("Watched");
BENCHMARK_TEMPLATE(Watched, Timeline::Cpu::kReal)->Name("Watched/with_cpu");

}  // namespace

int main(int argc, char** argv) {
  // What was freed stays with the process: otherwise each round would measure
  // how the system clears pages that are touched for the first time.
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
