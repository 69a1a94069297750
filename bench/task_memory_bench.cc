// What a task costs that sleeps: resident memory, and the time to make it and
// to give it its first turn.
//
// LimitBareFrame  a bare coroutine, and its entry in a heap of deadlines
// TaskAsleep      create_task(), and co_await sleep() in it
//
// Each measurement is a process of its own, since a heap that has been used
// does not give its pages back. Columns: ns_per_task, bytes_per_task. Targets:
// 288 bytes, 250 ns, a million tasks.
//
// A task is some 890 instructions (callgrind). The rest is the kernel's: the
// memory is new to the process, and every 14th task touches a page for the
// first time. On a busy machine that is itself a guest such a fault was seen to
// take 4 to 6 microseconds, 300 to 400 ns a task. So compare with
// LimitBareFrame of the same run, which pays for a third of the pages.
//
//   bazel run --config=bench //bench:task_memory_bench
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <queue>
#include <span>

#include "benchmark/benchmark.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/sleep.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace {

using loop::Coroutine;
using loop::EventLoop;
using scheduler::TimePoint;

constexpr scheduler::Duration kLong = std::chrono::hours(1);

struct Cost {
  double seconds = 0;
  int64_t bytes = 0;
};

Cost measure(const std::function<void()>& make_all) {
  const int64_t bytes = os::read_status(getpid())->rss_bytes;
  const TimePoint start = scheduler::SteadyClock::instance().now();
  make_all();
  const TimePoint end = scheduler::SteadyClock::instance().now();
  return {scheduler::in_seconds(end - start),
          os::read_status(getpid())->rss_bytes - bytes};
}

// measure() in a child that ends without tidying up.
Cost measure_in_child(const std::function<void()>& make_all) {
  os::Pipe pipe = os::make_pipe();
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    const Cost cost = measure(make_all);
    os::write_all(pipe.writer.get(), std::as_bytes(std::span(&cost, 1)));
    _exit(0);
  }
  pipe.writer.reset();
  Cost cost;
  os::read_all(pipe.reader.get(), std::as_writable_bytes(std::span(&cost, 1)));
  os::check(waitpid(child, nullptr, 0), "waitpid");
  return cost;
}

void run(benchmark::State& state, const std::function<void()>& make_all) {
  const auto tasks = static_cast<double>(state.range(0));
  double bytes = 0;
  for (auto _ : state) {
    const Cost cost = measure_in_child(make_all);
    state.SetIterationTime(cost.seconds);
    bytes += static_cast<double>(cost.bytes);
  }
  state.counters["ns_per_task"] = benchmark::Counter(
      tasks * 1e-9, benchmark::Counter::kIsIterationInvariantRate |
                        benchmark::Counter::kInvert);
  state.counters["bytes_per_task"] =
      benchmark::Counter(bytes / tasks, benchmark::Counter::kAvgIterations);
}

struct Bare {
  struct promise_type {
    Bare get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
struct Sleeper {
  TimePoint due;
  std::coroutine_handle<> body;
  bool operator<(const Sleeper& other) const { return due > other.due; }
};
std::priority_queue<Sleeper> sleepers;
struct BareSleep {
  TimePoint due;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> body) {
    sleepers.push({due, body});
  }
  void await_resume() const noexcept {}
};
Bare bare_sleeper() {
  co_await BareSleep{scheduler::SteadyClock::instance().now() + kLong};
}

void LimitBareFrame(benchmark::State& state) {
  run(state, [&] {
    for (int64_t i = 0; i < state.range(0); ++i) {
      bare_sleeper();
    }
  });
}

Coroutine<> sleeper() {
  co_await loop::sleep(kLong);
}

void TaskAsleep(benchmark::State& state) {
  run(state, [&] {
    EventLoop& loop = *new EventLoop;  // never ends: the process does
    for (int64_t i = 0; i < state.range(0); ++i) {
      loop.create_task(sleeper());
    }
    loop.stop();
    loop.run_forever();  // one turn
  });
}

void sizes(benchmark::internal::Benchmark* row) {
  row->Arg(100'000)->Arg(1'000'000)->UseManualTime()->Unit(
      benchmark::kMillisecond);
}
BENCHMARK(LimitBareFrame)->Apply(sizes);
BENCHMARK(TaskAsleep)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
