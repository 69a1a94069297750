// The promises of gil_sim/verify.h, through the only door: assemble().
#include "gil_sim/verify.h"

#include <stdexcept>
#include <string>

#include "gil_sim/assembler.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

std::string refusal(const std::string& text) {
  try {
    verify(assemble(text));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

// I1
TEST(Verify, PoppingAnEmptyStackIsRefused) {
  EXPECT_EQ(refusal("thread A\n  POP_TOP\n"),
            "line 2: POP_TOP pops an empty stack");
  EXPECT_EQ(refusal("thread A\n  LOAD_CONST 1\n  BINARY_ADD\n"),
            "line 3: BINARY_ADD pops an empty stack");
  // A caller's values are not the function's.
  EXPECT_EQ(refusal("function f\n  POP_TOP\n  LOAD_CONST 1\n  RETURN_VALUE\n"
                    "thread A\n  LOAD_CONST 1\n  CALL f\n"),
            "line 2: POP_TOP pops an empty stack");
}

// I1
TEST(Verify, ReleasingALockThatIsNotHeldIsRefused) {
  EXPECT_EQ(refusal("lock m\nthread A\n  RELEASE m\n"),
            "line 3: releases the lock 'm', which is not held here");
  EXPECT_EQ(
      refusal("lock m\nthread A\n  ACQUIRE m\n  RELEASE m\n  RELEASE m\n"),
      "line 5: releases the lock 'm', which is not held here");
}

TEST(Verify, PathsThatMeetMustAgree) {
  EXPECT_EQ(refusal("thread A\nagain:\n  LOAD_CONST 1\n  JUMP again\n"),
            "line 3: reached with 0 and with 1 values on the stack");
  EXPECT_EQ(refusal("lock m\nglobal x = 0\nthread A\n  LOAD_GLOBAL x\n"
                    "  POP_JUMP_IF_TRUE out\n  ACQUIRE m\nout:\n  AWAIT\n"),
            "line 8: reached with and without the lock 'm'");
}

// I2
TEST(Verify, AFunctionReturnsOnAllPathsAndWithoutLocks) {
  EXPECT_EQ(refusal("function f\n  AWAIT\nthread A\n  CALL f\n"),
            "line 2: the function 'f' ends without RETURN_VALUE");
  EXPECT_EQ(refusal("lock m\nfunction f\n  ACQUIRE m\n  LOAD_CONST 1\n"
                    "  RETURN_VALUE\nthread A\n  CALL f\n"),
            "line 5: the function 'f' returns with a lock");
  EXPECT_EQ(refusal("thread A\n  LOAD_CONST 1\n  RETURN_VALUE\n"),
            "line 3: RETURN_VALUE outside of a function");
}

// I2
TEST(Verify, RecursionIsRefused) {
  EXPECT_EQ(refusal("function f\n  CALL g\n  RETURN_VALUE\nfunction g\n"
                    "  CALL f\n  RETURN_VALUE\nthread A\n  CALL f\n"),
            "line 5: 'f' calls itself, and there is no recursion here");
}

// I1
TEST(Verify, AStackThatIsTooDeepIsRefused) {
  std::string text = "thread A\n";
  for (int i = 0; i < 65; ++i) {
    text += "  LOAD_CONST 1\n";
  }
  EXPECT_EQ(refusal(text),
            "line 2: this body needs 65 values on the stack; there is room "
            "for 64");
}

// I1, and the verifier's own stack is not the judge.
TEST(Verify, AChainOfCallsThatIsTooDeepIsRefused) {
  const auto chain = [](int functions) {
    std::string text = "thread A\n  CALL f0\n  POP_TOP\n";
    for (int i = 0; i < functions; ++i) {
      const std::string next = "f" + std::to_string(i + 1);
      text += "function f" + std::to_string(i) + "\n  " +
              (i + 1 < functions ? "CALL " + next : "LOAD_CONST 1") +
              "\n  RETURN_VALUE\n";
    }
    return text;
  };
  EXPECT_EQ(refusal(chain(31)), "accepted");
  EXPECT_EQ(refusal(chain(32)),
            "line 2: this body needs 65 values on the stack; there is room "
            "for 64");
  EXPECT_EQ(refusal(chain(5000)),
            "line 98: calls nested more than 32 deep need more than the 64 "
            "values that the stack has room for");
}

// It is no nonsense, only a deadlock, and the explorer says so.
TEST(Verify, AcquiringALockTwiceIsAccepted) {
  EXPECT_EQ(refusal("lock m\nthread A\n  ACQUIRE m\n  ACQUIRE m\n"),
            "accepted");
}

}  // namespace
}  // namespace gil_sim
