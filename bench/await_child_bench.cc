// What it costs to await a coroutine, as a call of a function costs a call.
//
// LimitBareChild  the smallest coroutine: made, resumed, destroyed, by hand
// AwaitChild*     co_await child() in a task: the frame knows its task, its
//                 caller and its name, and errors and cancellation come through
//
// One iteration is one child. Target: AwaitChild at most 1.35 times
// LimitBareChild.
//
//   bazel run --config=bench //bench:await_child_bench
#include <coroutine>
#include <exception>

#include "benchmark/benchmark.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"

namespace {

using loop::Coroutine;
using loop::EventLoop;

struct Bare {
  struct promise_type {
    Bare get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> body;
};

// Not inlined: then the compiler cannot leave the frame out.
[[gnu::noinline]] Bare bare_child() {
  co_return;
}

void LimitBareChild(benchmark::State& state) {
  for (auto _ : state) {
    const Bare child = bare_child();
    child.body.resume();
    child.body.destroy();
  }
}
BENCHMARK(LimitBareChild);

[[gnu::noinline]] Coroutine<> child() {
  co_return;
}
[[gnu::noinline]] Coroutine<int> child_with_result() {
  co_return 42;
}
[[gnu::noinline]] Coroutine<> descend(int depth) {
  if (depth > 1) {
    co_await descend(depth - 1);
  }
}

Coroutine<> await_each(benchmark::State* state) {
  while (state->KeepRunning()) {
    co_await child();
  }
}
Coroutine<> await_each_result(benchmark::State* state) {
  while (state->KeepRunning()) {
    const int value = co_await child_with_result();
    benchmark::DoNotOptimize(value);
  }
}
Coroutine<> await_chains(benchmark::State* state, int depth) {
  while (state->KeepRunningBatch(depth)) {
    co_await descend(depth);
  }
}

void AwaitChild(benchmark::State& state) {
  EventLoop().run_until_complete(await_each(&state));
}
BENCHMARK(AwaitChild);

void AwaitChildWithResult(benchmark::State& state) {
  EventLoop().run_until_complete(await_each_result(&state));
}
BENCHMARK(AwaitChildWithResult);

// A chain of so many, each awaited by the one before.
void AwaitChain(benchmark::State& state) {
  EventLoop().run_until_complete(
      await_chains(&state, static_cast<int>(state.range(0))));
}
BENCHMARK(AwaitChain)->Arg(10)->Arg(1000);

}  // namespace

BENCHMARK_MAIN();
