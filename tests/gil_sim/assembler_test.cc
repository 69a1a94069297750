// The promises of gil_sim/assembler.h.
#include "gil_sim/assembler.h"

#include <stdexcept>
#include <string>

#include "gil_sim/bytecode.h"
#include "gtest/gtest.h"

namespace gil_sim {
namespace {

// What the program is refused with.
std::string refusal(const std::string& text) {
  try {
    assemble(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Assembler, ReadsDeclarationsBodiesAndLabels) {
  const Program program = assemble(R"(
# a comment, and an empty line

global x = -5      # with a comment behind it
list items
lock m
expect x = 2
expect items = 0
function f
    LOAD_CONST 1
    RETURN_VALUE
thread A B
    CALL f
    STORE_GLOBAL x
thread C
    JUMP end
end:
)");
  ASSERT_EQ(program.globals.size(), 2u);
  EXPECT_EQ(program.globals[0].initial, -5);
  EXPECT_TRUE(program.globals[1].is_list);
  EXPECT_EQ(program.locks, std::vector<std::string>{"m"});
  ASSERT_EQ(program.threads.size(), 3u);
  EXPECT_EQ(program.threads[1].name, "B");
  EXPECT_EQ(program.threads[0].block, program.threads[1].block);
  ASSERT_EQ(program.expectations.size(), 2u);
  EXPECT_EQ(program.expectations[0].value, 2);
}

TEST(Assembler, AFunctionMayStandAfterItsCaller) {
  EXPECT_EQ(refusal("thread A\n CALL f\n POP_TOP\nfunction f\n LOAD_CONST 1\n"
                    " RETURN_VALUE\n"),
            "accepted");
}

TEST(Assembler, AJumpToNowhereIsRefusedWithItsLine) {
  EXPECT_EQ(refusal("thread A\n  JUMP nowhere\n  AWAIT\n"),
            "line 2: jumps to 'nowhere', and this body has no such label");
  // A label of another body is no label here.
  EXPECT_EQ(refusal("thread A\nthere:\n  AWAIT\nthread B\n  JUMP there\n"),
            "line 5: jumps to 'there', and this body has no such label");
}

TEST(Assembler, UnknownNamesAreRefusedWithTheirLine) {
  EXPECT_EQ(refusal("thread A\n  LOAD_GLOBAL x\n"),
            "line 2: no global or list is called 'x'");
  EXPECT_EQ(refusal("thread A\n  ACQUIRE m\n"),
            "line 2: no lock is called 'm'");
  EXPECT_EQ(refusal("thread A\n  CALL f\n  POP_TOP\n"),
            "line 2: no function is called 'f'");
  EXPECT_EQ(refusal("thread A\n  LOAD_FAST y\n  POP_TOP\n"),
            "line 2: loads 'y', which this body never stores");
  EXPECT_EQ(refusal("thread A\n  LAOD_CONST 1\n"),
            "line 2: no instruction is called 'LAOD_CONST'");
  EXPECT_EQ(refusal("thread A\n  END\n"),
            "line 2: no instruction is called 'END'");
}

TEST(Assembler, AnEmptyBodyIsRefusedAtItsOwnLine) {
  EXPECT_EQ(refusal("thread A\n  CALL f\n  POP_TOP\nfunction f\nthread B\n"),
            "line 4: the function 'f' ends without RETURN_VALUE");
}

TEST(Assembler, ListsAndNumbersAreNotConfused) {
  EXPECT_EQ(refusal("list l\nthread A\n  LOAD_GLOBAL l\n"),
            "line 3: 'l' is a list");
  EXPECT_EQ(refusal("global x = 0\nthread A\n  LIST_LENGTH x\n"),
            "line 3: 'x' is no list");
}

TEST(Assembler, BadArgumentsAreRefused) {
  EXPECT_EQ(refusal("thread A\n  LOAD_CONST one\n"),
            "line 2: 'one' is not a whole number of 64 bits");
  EXPECT_EQ(refusal("thread A\n  LOAD_CONST 99999999999999999999\n"),
            "line 2: '99999999999999999999' is not a whole number of 64 bits");
  EXPECT_EQ(refusal("thread A\n  LOAD_CONST\n"),
            "line 2: LOAD_CONST takes one argument");
  EXPECT_EQ(refusal("thread A\n  AWAIT 1\n"),
            "line 2: AWAIT takes no argument");
  EXPECT_EQ(refusal("thread A\n  SLEEP -1\n"),
            "line 2: a time is 0 to 1000000000 microseconds, not -1");
  EXPECT_EQ(refusal("thread A\n  COMPARE_OP =\n"),
            "line 2: COMPARE_OP takes one of < <= == != > >=, not '='");
}

TEST(Assembler, BadDeclarationsAreRefused) {
  EXPECT_EQ(refusal("global x 1\n"), "line 1: write 'global NAME = NUMBER'");
  EXPECT_EQ(refusal("lock a b\n"), "line 1: write 'lock NAME'");
  EXPECT_EQ(refusal("global x = 0\nlock x\n"), "line 2: 'x' is declared twice");
  EXPECT_EQ(refusal("global x = 0\nexpect x = 1\nexpect x = 2\n"),
            "line 3: of 'x' something is expected already");
  EXPECT_EQ(refusal("global a-b = 0\n"),
            "line 1: 'a-b': a name is letters, digits and _");
  EXPECT_EQ(refusal("thread A\nlock m\n"),
            "line 2: 'lock' stands before the first body");
  EXPECT_EQ(refusal("thread A A\n"), "line 1: there is a thread 'A' already");
  EXPECT_EQ(refusal("thread A\nx:\nx:\n"),
            "line 3: the label 'x' stands twice in this body");
  EXPECT_EQ(refusal("LOAD_CONST 1\n"),
            "line 1: 'LOAD_CONST' is neither a declaration (global, list, "
            "lock, expect) nor within a body (thread, function)");
  EXPECT_EQ(refusal("global x = 0\n"), "the program has no thread");
  EXPECT_EQ(refusal(""), "the program has no thread");
}

TEST(Assembler, TooManyOfAnythingIsRefused) {
  EXPECT_EQ(refusal("thread A B C D E F G H I\n"),
            "line 1: more than 8 threads");
  std::string locks;
  for (int i = 0; i < 17; ++i) {
    locks += "lock m" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(refusal(locks), "line 17: more than 16 locks");
}

}  // namespace
}  // namespace gil_sim
