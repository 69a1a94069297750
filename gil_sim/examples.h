// gil_sim/examples.h - the documents' examples, as bytecode.
//
// CONCEPT     `x = x + 1` in six dresses, which differ only in what stands
//             between the load and the store: nothing, a call, an await, a
//             loop, a jump that is taken, one that is not. Around them a loop,
//             a lock, two threads. And locks taken crosswise. Tests, demos and
//             benchmarks put their programs together from these.
// IN PYTHON   the one line that every text on threads begins with
// THREADS     Values.
// OWNERSHIP   Texts, for assemble().
// READ NEXT   gil_sim/assembler.h
#ifndef GIL_SIM_EXAMPLES_H_
#define GIL_SIM_EXAMPLES_H_

#include <string>
#include <utility>

namespace gil_sim::examples {

// x = x + 1
inline const std::string kIncrement =
    "  LOAD_GLOBAL x\n"
    "  LOAD_CONST 1\n"
    "  BINARY_ADD\n"
    "  STORE_GLOBAL x\n";

// x = x + one()
inline const std::string kIncrementByCall =
    "  LOAD_GLOBAL x\n"
    "  CALL one\n"
    "  BINARY_ADD\n"
    "  STORE_GLOBAL x\n";

// x = x + await one()
inline const std::string kIncrementByAwait =
    "  LOAD_GLOBAL x\n"
    "  AWAIT\n"
    "  LOAD_CONST 1\n"
    "  BINARY_ADD\n"
    "  STORE_GLOBAL x\n";

// y = x; (a loop of three laps); x = y + 1
inline const std::string kIncrementAroundLoop =
    "  LOAD_GLOBAL x\n"
    "  LOAD_CONST 3\n"
    "  STORE_FAST j\n"
    "inner:\n"
    "  LOAD_FAST j\n"
    "  LOAD_CONST 1\n"
    "  BINARY_SUBTRACT\n"
    "  STORE_FAST j\n"
    "  LOAD_FAST j\n"
    "  POP_JUMP_IF_TRUE inner\n"
    "  LOAD_CONST 1\n"
    "  BINARY_ADD\n"
    "  STORE_GLOBAL x\n";

// y = x; if y < 0: y = 0; x = y + 1, where the jump over the body is taken.
inline const std::string kIncrementOverJump =
    "  LOAD_GLOBAL x\n"
    "  STORE_FAST y\n"
    "  LOAD_FAST y\n"
    "  LOAD_CONST 0\n"
    "  COMPARE_OP <\n"
    "  POP_JUMP_IF_FALSE over\n"
    "  LOAD_CONST 0\n"
    "  STORE_FAST y\n"
    "over:\n"
    "  LOAD_FAST y\n"
    "  LOAD_CONST 1\n"
    "  BINARY_ADD\n"
    "  STORE_GLOBAL x\n";

// y = x; if y >= 0: y = y + 1; x = y, where no jump is taken.
inline const std::string kIncrementBesideJump =
    "  LOAD_GLOBAL x\n"
    "  STORE_FAST y\n"
    "  LOAD_FAST y\n"
    "  LOAD_CONST 0\n"
    "  COMPARE_OP >=\n"
    "  POP_JUMP_IF_FALSE beside\n"
    "  LOAD_FAST y\n"
    "  LOAD_CONST 1\n"
    "  BINARY_ADD\n"
    "  STORE_FAST y\n"
    "beside:\n"
    "  LOAD_FAST y\n"
    "  STORE_GLOBAL x\n";

inline std::string locked(const std::string& body) {
  return "  ACQUIRE m\n" + body + "  RELEASE m\n";
}

// `body` that many times over, in a loop that counts down.
inline std::string repeated(int times, const std::string& body) {
  return "  LOAD_CONST " + std::to_string(times) +
         "\n"
         "  STORE_FAST i\n"
         "again:\n" +
         body +
         "  LOAD_FAST i\n"
         "  LOAD_CONST 1\n"
         "  BINARY_SUBTRACT\n"
         "  STORE_FAST i\n"
         "  LOAD_FAST i\n"
         "  POP_JUMP_IF_TRUE again\n";
}

// Threads of these names that all run `body`, which has x, m and, if it calls
// it, one().
inline std::string program(const std::string& names, const std::string& body,
                           int expected) {
  const bool calls_one = body.find("CALL one\n") != std::string::npos;
  return "global x = 0\n"
         "lock m\n"
         "expect x = " +
         std::to_string(expected) + "\n" +
         (calls_one ? "function one\n"
                      "  LOAD_CONST 1\n"
                      "  RETURN_VALUE\n"
                    : "") +
         "thread " + names + "\n" + body;
}

// Two threads that take two locks, in the same order or crosswise.
inline std::string two_locks(bool crosswise) {
  const std::string a_first =
      "  ACQUIRE a\n  ACQUIRE b\n  RELEASE b\n  RELEASE a\n";
  const std::string b_first =
      "  ACQUIRE b\n  ACQUIRE a\n  RELEASE a\n  RELEASE b\n";
  return "lock a\nlock b\nthread A\n" + a_first + "thread B\n" +
         (crosswise ? b_first : a_first);
}

// Each takes the fork at his left, then that at his right. In order: the last
// one reaches for the lower number first, as all others do.
inline std::string philosophers(int count, bool in_order) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "lock fork" + std::to_string(i) + "\n";
  }
  for (int i = 0; i < count; ++i) {
    int first = i;
    int second = (i + 1) % count;
    if (in_order && second < first) {
      std::swap(first, second);
    }
    const std::string one = "fork" + std::to_string(first) + "\n";
    const std::string other = "fork" + std::to_string(second) + "\n";
    text += "thread P" + std::to_string(i) + "\n  ACQUIRE " + one +
            "  ACQUIRE " + other + "  RELEASE " + other + "  RELEASE " + one;
  }
  return text;
}

}  // namespace gil_sim::examples

#endif  // GIL_SIM_EXAMPLES_H_
