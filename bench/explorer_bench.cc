// How many states a second the explorer looks at, and what one costs to keep.
//
// THE LIMIT   None beside it: a model checker is its own measure. A state here
//             means: unpacked, each thread stepped, each result packed, looked
//             up and perhaps kept, and afterwards its schedules counted.
// TARGET      1 M states/s, 64 bytes a state of two threads, all arrays of the
//             search included.
//
//   bazel run --config=bench //bench:explorer_bench
#include <cstdint>

#include "benchmark/benchmark.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/examples.h"
#include "gil_sim/explorer.h"

namespace {

using namespace gil_sim;

// Two threads that add 1 to x, as many times as given, in a loop.
Program increments(int times) {
  return assemble(examples::program(
      "A B", examples::repeated(times, examples::kIncrement), 2 * times));
}

void search(benchmark::State& state, Reduction reduction) {
  const Program program = increments(static_cast<int>(state.range(0)));
  int64_t states = 0;
  Exploration found;
  for (auto _ : state) {
    found = explore(program, {.reduction = reduction});
    states += found.states;
  }
  state.SetItemsProcessed(states);  // items_per_second: states/s
  state.counters["states"] = found.states;
  state.counters["bytes_per_state"] =
      static_cast<double>(found.bytes) / found.states;
  state.counters["schedules"] = found.schedules();
}

}  // namespace

BENCHMARK_CAPTURE(search, every_step, Reduction::kNone)->Arg(5)->Arg(10);
BENCHMARK_CAPTURE(search, visible_steps, Reduction::kVisibleSteps)
    ->Arg(10)
    ->Arg(20);
BENCHMARK_CAPTURE(search, classes, Reduction::kClasses)
    ->Arg(1)
    ->Arg(3)
    ->Arg(8)
    ->Arg(10)
    ->Arg(20);

BENCHMARK_MAIN();
