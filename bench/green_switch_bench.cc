// What a switch of stacks costs, beside what the machine asks for one.
//
//   bazel run --config=bench //bench:green_switch_bench
//
// Limit*   written by hand for this file: no types, no checks
// Context* scheduler/green/context.h and its twin from the C library
// Yield    the whole of it: guard, queue, exceptions, switch
//
// One iteration is one switch. Targets: ContextByHand at most 1.1 times
// LimitAllRegisters, Yield at most 12 ns.
#include <cfenv>
#include <cstdint>
#include <cstring>
#include <functional>

#include "benchmark/benchmark.h"
#include "scheduler/green/context.h"
#include "scheduler/green/context_ucontext.h"
#include "scheduler/green/guard.h"
#include "scheduler/green/scheduler.h"
#include "scheduler/green/stack.h"

#if defined(__x86_64__)
extern "C" void bench_swap_registers(void** save, void* load);
extern "C" void bench_swap_all(void** save, void* load);
#endif

namespace {

namespace green = scheduler::green;

// Two ways to have sticky flags: a computation that was exact and one that was
// rounded. In a real program the two sides of a switch differ as often as not.
void clear_flags() {
  std::feclearexcept(FE_ALL_EXCEPT);
}
void raise_flags() {
  volatile double three = 3;
  three = 1 / three;
}

#if defined(__x86_64__)

using Swap = void (*)(void** save, void* load);
void* here;
void* there;

template <Swap swap, bool kExact>
void ping() {
  (kExact ? clear_flags : raise_flags)();
  for (;;) {
    swap(&there, here);
  }
}

template <Swap swap, size_t kWordsOfModes, bool kExact>
void Limit(benchmark::State& state) {
  const green::Stack stack;
  // From the top: nobody to return to, the entry, six registers, the modes.
  auto* sp = reinterpret_cast<uintptr_t*>(stack.top()) - 1;
  *--sp = reinterpret_cast<uintptr_t>(&ping<swap, kExact>);
  sp -= 6;
  if constexpr (kWordsOfModes > 0) {
    const uint32_t modes[2] = {0x1f80, 0x37f};
    std::memcpy(--sp, modes, sizeof modes);
  }
  there = sp;
  raise_flags();
  while (state.KeepRunningBatch(2)) {
    swap(&here, there);
  }
}
BENCHMARK_TEMPLATE(Limit, bench_swap_registers, 0, false)
    ->Name("LimitIntegerRegisters");
BENCHMARK_TEMPLATE(Limit, bench_swap_all, 1, false)->Name("LimitAllRegisters");
BENCHMARK_TEMPLATE(Limit, bench_swap_all, 1, true)
    ->Name("LimitAllRegisters/flags_differ");

#endif

template <class Context, bool kExact>
struct PingPong {
  static inline Context* here;
  static inline Context* there;
  static void body(void*) {
    (kExact ? clear_flags : raise_flags)();
    for (;;) {
      Context::switch_to(*there, *here);
    }
  }
};

template <class Context, bool kExact>
void Bare(benchmark::State& state) {
  const green::Stack stack;
  raise_flags();
  Context outside;
  Context inside(stack, &PingPong<Context, kExact>::body, nullptr);
  PingPong<Context, kExact>::here = &outside;
  PingPong<Context, kExact>::there = &inside;
  while (state.KeepRunningBatch(2)) {
    Context::switch_to(outside, inside);
  }
}
#if defined(__x86_64__)
BENCHMARK_TEMPLATE(Bare, green::MachineContext, false)->Name("ContextByHand");
BENCHMARK_TEMPLATE(Bare, green::MachineContext, true)
    ->Name("ContextByHand/flags_differ");
#endif
BENCHMARK_TEMPLATE(Bare, green::LibraryContext, false)
    ->Name("ContextOfTheLibrary");

void GuardPair(benchmark::State& state) {
  for (auto _ : state) {
    const green::Guard guard;
  }
}
BENCHMARK(GuardPair);

// Each yield switches to the other thread: two switches a round.
void Yield(benchmark::State& state) {
  green::Scheduler scheduler;
  bool more = true;
  const auto body = [&] {
    while (more && state.KeepRunningBatch(2)) {
      green::yield();
    }
    more = false;
  };
  scheduler.spawn("A", body);
  scheduler.spawn("B", [&] {
    while (more) {
      green::yield();
    }
  });
  scheduler.run();
}
BENCHMARK(Yield);

// The life of a thread that does nothing, on a stack that was used before.
void SpawnAndJoin(benchmark::State& state) {
  green::Scheduler scheduler;
  scheduler.spawn("parent", [&] {
    for (auto _ : state) {
      green::Scheduler::current().spawn("child", [] {}).join();
    }
  });
  scheduler.run();
}
BENCHMARK(SpawnAndJoin);

}  // namespace

BENCHMARK_MAIN();
