// gil_sim/evaluate.h - the evaluation loop: what each instruction does.
//
// CONCEPT     A loop around a switch. What belongs to the thread alone (stack,
//             locals, program counter) is worked on here; everything else is
//             asked of a World: shared memory, locks, time, and whether to go
//             on. There are two worlds, and so one definition of every
//             instruction for both:
//
//               Interpreter   real threads, real memory, an InterpreterLock
//               Model         one state among many, stepped by the explorer
//
//             A frame on the stack, after a call:
//               [caller's locals, values][way back][caller's base][locals ...
// IN PYTHON   _PyEval_EvalFrameDefault in ceval.c
// INVARIANTS  I1. The loop looks neither for an empty nor for a full stack:
//                 verify() has.
//             I2. When evaluate() returns, the frame says where to go on.
// THREADS     A frame belongs to one thread; the world decides about the rest.
// OWNERSHIP   Borrows program and world.
// ERRORS      What the world throws. The frame is then of no more use.
// READ NEXT   gil_sim/interpreter.h
#ifndef GIL_SIM_EVALUATE_H_
#define GIL_SIM_EVALUATE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "gil_sim/bytecode.h"

namespace gil_sim {

// What a thread has for itself.
struct ThreadFrame {
  int32_t pc = 0;
  int32_t base = 0;   // where the locals of the current call begin
  int32_t depth = 0;  // values in use
  std::array<int64_t, Program::kMaxStack> stack;
};

inline void start_frame(const Program& program, const Program::Thread& thread,
                        ThreadFrame& frame) {
  const auto& block = program.blocks[static_cast<size_t>(thread.block)];
  frame.pc = block.entry;
  frame.base = 0;
  frame.depth = static_cast<int32_t>(block.locals.size());
  std::fill_n(frame.stack.begin(), frame.depth, 0);
}

// As the processor does it: too large a sum wraps round. Python's grow.
inline int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
inline int64_t wrapping_subtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}

inline bool compare(int64_t comparison, int64_t a, int64_t b) {
  switch (comparison) {  // in the order of kComparisons
    case 0:
      return a < b;
    case 1:
      return a <= b;
    case 2:
      return a == b;
    case 3:
      return a != b;
    case 4:
      return a > b;
    default:
      return a >= b;
  }
}

// Runs from where the frame stands until the END or until the world says stop.
template <class World>
void evaluate(const Program& program, ThreadFrame& frame, World& world) {
  const Instruction* const code = program.code.data();
  const Instruction* next = code + frame.pc;
  int64_t* const stack = frame.stack.data();
  int64_t* locals = stack + frame.base;
  int64_t* top = stack + frame.depth;  // the first place that is free
  const auto jump_to = [&](int64_t target) {
    const bool backward = code + target < next;
    next = code + target;
    world.jumped(backward);
  };
  while (world.goes_on(next)) {
    const Instruction& in = *next++;
    const auto index = static_cast<size_t>(in.argument);
    switch (in.op) {
      case Op::kLoadConst:
        *top++ = in.argument;
        continue;
      case Op::kLoadFast:
        *top++ = locals[index];
        continue;
      case Op::kStoreFast:
        locals[index] = *--top;
        continue;
      case Op::kLoadGlobal:
        *top++ = world.load(index);
        continue;
      case Op::kStoreGlobal:
        world.store(index, *--top);
        continue;
      case Op::kBinaryAdd:
      case Op::kInplaceAdd:
        --top;
        top[-1] = wrapping_add(top[-1], top[0]);
        continue;
      case Op::kBinarySubtract:
        --top;
        top[-1] = wrapping_subtract(top[-1], top[0]);
        continue;
      case Op::kCompareOp:
        --top;
        top[-1] = compare(in.argument, top[-1], top[0]) ? 1 : 0;
        continue;
      case Op::kPopTop:
        --top;
        continue;
      case Op::kJump:
        jump_to(in.argument);
        continue;
      case Op::kPopJumpIfFalse:
        if (*--top == 0) {
          jump_to(in.argument);
        }
        continue;
      case Op::kPopJumpIfTrue:
        if (*--top != 0) {
          jump_to(in.argument);
        }
        continue;
      case Op::kCall: {
        const Program::Block& callee = program.blocks[index];
        top[0] = next - code;
        top[1] = locals - stack;
        locals = top + 2;
        top = std::fill_n(locals, callee.locals.size(), 0);
        next = code + callee.entry;
        world.called();
        continue;
      }
      case Op::kReturnValue: {
        const int64_t value = *--top;
        top = locals - 2;
        next = code + top[0];
        locals = stack + top[1];
        *top++ = value;
        continue;
      }
      case Op::kAcquire:
        if (!world.acquire(index)) {
          --next;  // not yet: here again, once the lock may be had
          break;
        }
        continue;
      case Op::kRelease:
        world.release(index);
        continue;
      case Op::kAtomicAdd:
        top[-1] = world.atomic_add(index, top[-1]);
        continue;
      case Op::kListAppend:
        world.append(index, *--top);
        continue;
      case Op::kListLength:
        *top++ = world.length(index);
        continue;
      case Op::kSleep:
        world.sleep(in.argument);
        continue;
      case Op::kRead:
        *top++ = world.read();
        continue;
      case Op::kAwait:
        world.awaited();
        continue;
      case Op::kLong:
        world.work(in.argument);
        continue;
      case Op::kAssert:
        if (*--top == 0) {
          --next;
          world.assertion_failed(in.line);
          break;
        }
        continue;
      case Op::kEnd:
        --next;
        break;
    }
    break;  // out of the loop: every other way has continued
  }
  frame.pc = static_cast<int32_t>(next - code);  // [I2]
  frame.base = static_cast<int32_t>(locals - stack);
  frame.depth = static_cast<int32_t>(top - stack);
}

}  // namespace gil_sim

#endif  // GIL_SIM_EVALUATE_H_
