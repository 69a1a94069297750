// What one instruction costs, and what looking up at check points adds.
//
// THE LIMIT   A switch in a loop over the same instructions, with nothing else:
//             plain variables, no lock, no check point. Only what this program
//             needs, so the compiler knows all of it.
// TARGET      1.3 times the limit per instruction.
//
//   bazel run --config=bench //bench:interpreter_dispatch_bench
#include <cstdint>
#include <cstdlib>

#include "benchmark/benchmark.h"
#include "gil_sim/assembler.h"
#include "gil_sim/bytecode.h"
#include "gil_sim/check_policy.h"
#include "gil_sim/examples.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter.h"
#include "gil_sim/no_gil.h"

namespace {

using namespace gil_sim;

constexpr int kLaps = 100'000;
constexpr int64_t kInstructions = 2 + 10 * int64_t{kLaps};

Program counter() {
  return assemble(examples::program(
      "A", examples::repeated(kLaps, examples::kIncrement), kLaps));
}

int64_t switch_loop(const Instruction* code, int entry, int64_t* globals) {
  int64_t locals[4] = {};
  int64_t stack[16];
  int64_t* top = stack;
  for (const Instruction* next = code + entry;;) {
    const Instruction& in = *next++;
    switch (in.op) {
      case Op::kLoadConst:
        *top++ = in.argument;
        break;
      case Op::kLoadFast:
        *top++ = locals[in.argument];
        break;
      case Op::kStoreFast:
        locals[in.argument] = *--top;
        break;
      case Op::kLoadGlobal:
        *top++ = globals[in.argument];
        break;
      case Op::kStoreGlobal:
        globals[in.argument] = *--top;
        break;
      case Op::kBinaryAdd:
        --top;
        top[-1] += top[0];
        break;
      case Op::kBinarySubtract:
        --top;
        top[-1] -= top[0];
        break;
      case Op::kPopJumpIfTrue:
        if (*--top != 0) {
          next = code + in.argument;
        }
        break;
      case Op::kEnd:
        return globals[0];
      default:
        std::abort();  // not in this program
    }
  }
}

void limit_switch_loop(benchmark::State& state) {
  const Program program = counter();
  for (auto _ : state) {
    int64_t globals[1] = {0};
    if (switch_loop(program.code.data(), program.blocks.back().entry,
                    globals) != kLaps) {
      state.SkipWithError("a wrong sum");
    }
  }
  state.SetItemsProcessed(state.iterations() * kInstructions);
}

template <class Lock>
void run(benchmark::State& state, CheckPolicy checks) {
  const Program program = counter();
  Lock lock;
  for (auto _ : state) {
    Interpreter interpreter(program, lock, checks);
    interpreter.run_thread(0);
    if (interpreter.global("x") != kLaps) {
      state.SkipWithError("a wrong sum");
    }
  }
  state.SetItemsProcessed(state.iterations() * kInstructions);
}

void under_gil(benchmark::State& state, CheckPolicy checks) {
  run<Gil>(state, checks);
}

void under_no_gil(benchmark::State& state, CheckPolicy checks) {
  run<NoGil>(state, checks);
}

}  // namespace

BENCHMARK(limit_switch_loop);
BENCHMARK_CAPTURE(under_gil, every_instruction, CheckPolicy::kEveryInstruction);
BENCHMARK_CAPTURE(under_gil, jumps_and_calls, CheckPolicy::kJumpsAndCalls);
BENCHMARK_CAPTURE(under_gil, backward_jumps_and_calls,
                  CheckPolicy::kBackwardJumpsAndCalls);
BENCHMARK_CAPTURE(under_gil, awaits_only, CheckPolicy::kAwaitsOnly);
BENCHMARK_CAPTURE(under_no_gil, awaits_only, CheckPolicy::kAwaitsOnly);

BENCHMARK_MAIN();
