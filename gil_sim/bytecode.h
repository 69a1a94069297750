// gil_sim/bytecode.h - what a line of Python is made of.
//
// CONCEPT     One statement is several instructions for a machine with a
//             stack, and a thread can be switched out between two of them:
//
//               x = x + 1      LOAD_GLOBAL x    pushes 41
//                              LOAD_CONST 1     pushes 1
//                              BINARY_ADD       pops both, pushes 42
//                              STORE_GLOBAL x   pops it into x
//
//             A Program is the code of several threads and the variables,
//             lists and locks that they share. Values are whole numbers.
// IN PYTHON   the output of dis.dis; opcode.py
// INVARIANTS  I1. After each thread's body stands an END, so that a program
//                 counter is never outside of the code.
//             I2. A Program that assemble() returned has been verified: no
//                 jump, pop or release in it can go wrong.
// THREADS     A value; never changed after assemble(), so any may read.
// OWNERSHIP   Owns its texts.
// LEFT OUT    Objects, arguments of calls, exceptions, inline caches.
// READ NEXT   gil_sim/assembler.h, then gil_sim/evaluate.h
#ifndef GIL_SIM_BYTECODE_H_
#define GIL_SIM_BYTECODE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gil_sim {

enum class Op : uint8_t {
  kLoadConst,
  kLoadFast,  // a local variable; "fast" is Python's word
  kStoreFast,
  kLoadGlobal,
  kStoreGlobal,
  kBinaryAdd,
  kInplaceAdd,  // x += 1: another name for the same work on numbers
  kBinarySubtract,
  kCompareOp,
  kPopTop,
  kJump,
  kPopJumpIfFalse,
  kPopJumpIfTrue,
  kCall,
  kReturnValue,
  kAcquire,
  kRelease,
  kAtomicAdd,   // adds to a global in one piece and pushes the sum
  kListAppend,  // one piece as well: one instruction of Python's
  kListLength,
  kSleep,  // in microseconds; lets go of the interpreter lock
  kRead,   // blocks for one byte of input, and pushes it or -1 at the end
  kAwait,  // lets the others run; where a coroutine may be suspended
  kLong,   // busy for so many microseconds, in one instruction
  kAssert,
  kEnd,
};

// What the number behind an instruction means, or that there is none.
enum class Argument : uint8_t {
  kNone,
  kNumber,
  kMicroseconds,
  kLocal,
  kGlobal,
  kList,
  kLock,
  kLabel,
  kFunction,
  kComparison,
};

struct OpInfo {
  std::string_view name;
  Argument argument;
  int pops;
  int pushes;
  bool visible;  // reads or writes what other threads can see
};

// In the order of Op.
inline constexpr std::array<OpInfo, 26> kOps = {{
    {"LOAD_CONST", Argument::kNumber, 0, 1, false},
    {"LOAD_FAST", Argument::kLocal, 0, 1, false},
    {"STORE_FAST", Argument::kLocal, 1, 0, false},
    {"LOAD_GLOBAL", Argument::kGlobal, 0, 1, true},
    {"STORE_GLOBAL", Argument::kGlobal, 1, 0, true},
    {"BINARY_ADD", Argument::kNone, 2, 1, false},
    {"INPLACE_ADD", Argument::kNone, 2, 1, false},
    {"BINARY_SUBTRACT", Argument::kNone, 2, 1, false},
    {"COMPARE_OP", Argument::kComparison, 2, 1, false},
    {"POP_TOP", Argument::kNone, 1, 0, false},
    {"JUMP", Argument::kLabel, 0, 0, false},
    {"POP_JUMP_IF_FALSE", Argument::kLabel, 1, 0, false},
    {"POP_JUMP_IF_TRUE", Argument::kLabel, 1, 0, false},
    {"CALL", Argument::kFunction, 0, 1, false},
    {"RETURN_VALUE", Argument::kNone, 1, 0, false},
    {"ACQUIRE", Argument::kLock, 0, 0, true},
    {"RELEASE", Argument::kLock, 0, 0, true},
    {"ATOMIC_ADD", Argument::kGlobal, 1, 1, true},
    {"LIST_APPEND", Argument::kList, 1, 0, true},
    {"LIST_LENGTH", Argument::kList, 0, 1, true},
    {"SLEEP", Argument::kMicroseconds, 0, 0, false},
    {"READ", Argument::kNone, 0, 1, false},
    {"AWAIT", Argument::kNone, 0, 0, false},
    {"LONG", Argument::kMicroseconds, 0, 0, false},
    // A failure ends the whole program, which everybody sees.
    {"ASSERT", Argument::kNone, 1, 0, true},
    {"END", Argument::kNone, 0, 0, false},
}};

inline constexpr const OpInfo& info(Op op) {
  return kOps[static_cast<size_t>(op)];
}

inline constexpr std::array<std::string_view, 6> kComparisons = {
    "<", "<=", "==", "!=", ">", ">="};

struct Instruction {
  Op op;
  int32_t line;      // in the text
  int64_t argument;  // a number, or an index into a table of the program
};

struct Program {
  // What small tables can hold; more is refused.
  static constexpr size_t kMaxThreads = 8;
  static constexpr size_t kMaxGlobals = 16;
  static constexpr size_t kMaxLocks = 16;
  static constexpr int kMaxStack = 64;  // values of one thread, locals included

  struct Global {
    std::string name;
    int64_t initial;
    bool is_list;  // then its value is its length
  };
  // The body of threads, or a function.
  struct Block {
    std::string name;  // of a function; all threads' names otherwise
    bool is_function;
    int entry;
    std::vector<std::string> locals;
  };
  struct Thread {
    std::string name;
    int block;
  };
  struct Expectation {  // of a global, when all threads have ended
    int global;
    int64_t value;
  };

  std::vector<Global> globals;
  std::vector<std::string> locks;
  std::vector<Block> blocks;
  std::vector<Thread> threads;
  std::vector<Expectation> expectations;
  std::vector<Instruction> code;
};

// "LOAD_GLOBAL x".
std::string describe(const Program& program, size_t pc);

// The listing that dis would print: lines, targets, offsets, names.
std::string dis(const Program& program);

}  // namespace gil_sim

#endif  // GIL_SIM_BYTECODE_H_
