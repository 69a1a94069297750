// What one value out of a generator costs.
//
// Limit*      a hand-written state machine behind a call, and the smallest
//             coroutine that yields: no errors, no delegation, nothing sent
// Generator*  loop/generator.h
//
// One iteration is one value. Targets: Next at most 1.5 times
// LimitBareCoroutine (2 times with Clang), Send at most 2 times;
// DelegatesTenDeep at most 1.1 times DelegatesOnce.
//
// Instructions a value (g++ 12, callgrind): 21 for the bare coroutine, 34 for
// Next, 43 for Send. The 13 between the first two are the way to the leaf and
// its state, before and after; the yield's way back to its promise; the look
// for an error thrown in; and a register saved, because that error may be
// raised there. At two nanoseconds where the compiler puts a loop counts too:
// the bare one has been seen at 1.35 to 1.8 ns, so ratios move by a tenth.
//
//   bazel run --config=bench //bench:generator_next_bench
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "benchmark/benchmark.h"
#include "loop/generator.h"

namespace {

using loop::Generator;

// for (i = 0;; ++i) yield i, as a student writes it without coroutines.
struct Machine {
  int state = 0;
  int i = 0;
};
// Not inlined: a coroutine is resumed by a call as well.
[[gnu::noinline]] int next_of(Machine& machine) {
  switch (machine.state) {
    case 0:
      machine.i = 0;
      machine.state = 1;
      break;
    default:
      ++machine.i;
  }
  return machine.i;
}

void LimitStateMachine(benchmark::State& state) {
  Machine machine;
  for (auto _ : state) {
    benchmark::DoNotOptimize(next_of(machine));
  }
}
BENCHMARK(LimitStateMachine);

class Bare {
 public:
  struct promise_type {
    Bare get_return_object() { return Bare(*this); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int v) noexcept {
      value = v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    int value = 0;
  };
  Bare(Bare&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Bare& operator=(Bare&&) = delete;
  ~Bare() {
    if (body_) {
      body_.destroy();
    }
  }
  // False at the end, which every consumer has to ask for.
  bool next() {
    body_.resume();
    return !body_.done();
  }
  int value() const { return body_.promise().value; }

 private:
  explicit Bare(promise_type& promise)
      : body_(std::coroutine_handle<promise_type>::from_promise(promise)) {}
  std::coroutine_handle<promise_type> body_;
};

// Made out of sight of those who use them, as most generators are.
[[gnu::noinline]] Bare count_bare() {
  for (int i = 0;; ++i) {
    co_yield i;
  }
}
[[gnu::noinline]] Generator<int> count() {
  for (int i = 0;; ++i) {
    co_yield i;
  }
}
[[gnu::noinline]] Generator<int, int> sum() {
  for (int total = 0;;) {
    // Named: as a temporary's argument, the 1 would be kept in the frame.
    const std::optional<int>& sent = co_yield total;
    total += sent.value_or(1);
  }
}
[[gnu::noinline]] Generator<int> delegate(int depth) {
  if (depth == 0) {
    co_await count();
  } else {
    co_await delegate(depth - 1);
  }
}

void LimitBareCoroutine(benchmark::State& state) {
  Bare numbers = count_bare();
  for (auto _ : state) {
    if (!numbers.next()) {
      state.SkipWithError("it counts for ever");
    }
    benchmark::DoNotOptimize(numbers.value());
  }
}
BENCHMARK(LimitBareCoroutine);

void GeneratorNext(benchmark::State& state) {
  Generator<int> numbers = count();
  for (auto _ : state) {
    benchmark::DoNotOptimize(numbers.next());
  }
}
BENCHMARK(GeneratorNext);

void GeneratorFor(benchmark::State& state) {
  Generator<int> numbers = count();
  for (int number : numbers) {
    benchmark::DoNotOptimize(number);
    if (!state.KeepRunning()) {
      break;
    }
  }
}
BENCHMARK(GeneratorFor);

void GeneratorSend(benchmark::State& state) {
  Generator<int, int> total = sum();
  total.next();
  for (auto _ : state) {
    benchmark::DoNotOptimize(total.send(3));
  }
}
BENCHMARK(GeneratorSend);

void through_levels(benchmark::State& state, int levels) {
  Generator<int> numbers = delegate(levels - 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(numbers.next());
  }
}
BENCHMARK_CAPTURE(through_levels, 1, 1)->Name("GeneratorDelegatesOnce");
BENCHMARK_CAPTURE(through_levels, 10, 10)->Name("GeneratorDelegatesTenDeep");

}  // namespace

BENCHMARK_MAIN();
