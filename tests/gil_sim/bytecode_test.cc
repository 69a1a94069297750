// The promises of gil_sim/bytecode.h.
#include "gil_sim/bytecode.h"

#include <string>

#include "gil_sim/assembler.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// BC-01
TEST(Bytecode, AnIncrementOfAGlobalIsFourInstructions) {
  const Program program = assemble(R"(global x = 0
thread A B
    LOAD_GLOBAL x
    LOAD_CONST 1
    BINARY_ADD
    STORE_GLOBAL x
)");
  EXPECT_EQ(dis(program),
            "thread A, B:\n"
            "  3       0 LOAD_GLOBAL          0 (x)\n"
            "  4       1 LOAD_CONST           1\n"
            "  5       2 BINARY_ADD\n"
            "  6       3 STORE_GLOBAL         0 (x)\n");
}

// BC-01. The loop around it adds its own instructions and a jump back.
TEST(Bytecode, ALoopShowsItsJumpAndTheTarget) {
  const Program program = assemble(R"(global x = 0
function one
    LOAD_CONST 1
    RETURN_VALUE
thread A
    LOAD_CONST 3
    STORE_FAST i
again:
    LOAD_FAST i
    CALL one
    BINARY_SUBTRACT
    STORE_FAST i
    LOAD_FAST i
    LOAD_CONST 0
    COMPARE_OP >
    POP_JUMP_IF_TRUE again
)");
  EXPECT_EQ(dis(program),
            "function one:\n"
            "  3       0 LOAD_CONST           1\n"
            "  4       1 RETURN_VALUE\n"
            "thread A:\n"
            "  6       3 LOAD_CONST           3\n"
            "  7       4 STORE_FAST           0 (i)\n"
            "  9 >>    5 LOAD_FAST            0 (i)\n"
            " 10       6 CALL                 0 (one)\n"
            " 11       7 BINARY_SUBTRACT\n"
            " 12       8 STORE_FAST           0 (i)\n"
            " 13       9 LOAD_FAST            0 (i)\n"
            " 14      10 LOAD_CONST           0\n"
            " 15      11 COMPARE_OP           4 (>)\n"
            " 16      12 POP_JUMP_IF_TRUE     5 (to 5)\n");
}

// BC-02
TEST(Bytecode, AnInPlaceIncrementHasTheSameShape) {
  const Program program = assemble(R"(global x = 0
thread A
    LOAD_GLOBAL x
    LOAD_CONST 1
    INPLACE_ADD
    STORE_GLOBAL x
)");
  EXPECT_EQ(dis(program),
            "thread A:\n"
            "  3       0 LOAD_GLOBAL          0 (x)\n"
            "  4       1 LOAD_CONST           1\n"
            "  5       2 INPLACE_ADD\n"
            "  6       3 STORE_GLOBAL         0 (x)\n");
}

TEST(Bytecode, EveryKindOfArgumentHasItsName) {
  const Program program = assemble(R"(list items
lock m
thread A
    ACQUIRE m
    LONG 50
    LIST_LENGTH items
    POP_TOP
    RELEASE m
    AWAIT
)");
  EXPECT_EQ(describe(program, 0), "ACQUIRE m");
  EXPECT_EQ(describe(program, 1), "LONG 50");
  EXPECT_EQ(describe(program, 2), "LIST_LENGTH items");
  EXPECT_EQ(describe(program, 3), "POP_TOP");
}

// I1
TEST(Bytecode, AJumpBehindTheLastInstructionGoesToTheEnd) {
  const Program program = assemble("thread A\n  JUMP out\nout:\n");
  EXPECT_EQ(dis(program),
            "thread A:\n"
            "  2       0 JUMP                 1 (to 1)\n"
            "  2 >>    1 END\n");
}

}  // namespace
}  // namespace gil_sim
