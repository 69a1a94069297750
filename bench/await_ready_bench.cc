// What it costs to await what is there already.
//
// LimitCall   a function that returns a number
// Await*      co_await of a future or a task that is done: nothing suspends
//
// One iteration is one await. Target: at most 3 ns, and no allocation, which
// tests/loop/cost_test.cc counts.
//
//   bazel run --config=bench //bench:await_ready_bench
#include "benchmark/benchmark.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/task.h"

namespace {

using loop::Coroutine;
using loop::EventLoop;
using loop::Future;

[[gnu::noinline]] int number() {
  int value = 42;
  benchmark::DoNotOptimize(value);
  return value;
}

void LimitCall(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(number());
  }
}
BENCHMARK(LimitCall);

Coroutine<> await_each(benchmark::State* state, Future<int> future) {
  while (state->KeepRunning()) {
    const int value = co_await future;
    benchmark::DoNotOptimize(value);
  }
}
Coroutine<> await_each(benchmark::State* state, Future<void> future) {
  while (state->KeepRunning()) {
    co_await future;
  }
}

void AwaitFuture(benchmark::State& state) {
  EventLoop loop;
  const auto future = loop.create_future<int>();
  future.set_result(42);
  loop.run_until_complete(await_each(&state, future));
}
BENCHMARK(AwaitFuture);

void AwaitFutureOfNothing(benchmark::State& state) {
  EventLoop loop;
  const auto future = loop.create_future<void>();
  future.set_result();
  loop.run_until_complete(await_each(&state, future));
}
BENCHMARK(AwaitFutureOfNothing);

Coroutine<int> answer() {
  co_return 42;
}

void AwaitTask(benchmark::State& state) {
  EventLoop loop;
  const Future<int> task = loop.create_task(answer());
  loop.run_until_complete(task);
  loop.run_until_complete(await_each(&state, task));
}
BENCHMARK(AwaitTask);

}  // namespace

BENCHMARK_MAIN();
