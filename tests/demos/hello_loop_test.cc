// The demo as a program: exact in virtual time, its shape in real time.
#include <signal.h>

#include <string>

#include "gtest/gtest.h"
#include "os/syscall.h"
#include "tests/demos/program.h"
#include "tests/demos/shown.h"
#include "tests/support/sanitizers.h"

namespace demos {
namespace {

constexpr const char* kHello = "demos/hello_loop";

// C-093
TEST(HelloLoopDemo, InVirtualTimeTheLinesAreExactlyASecondApart) {
  EXPECT_EQ(tests::output_of(kHello, {"--clock=virtual"}),
            "Hello ...\n... World!\n"
            "VERDICT C-093 found: two lines, 1.00 s apart\n");
}

// C-093
TEST(HelloLoopDemo, InRealTimeTheyAreNoLessThanASecondApart) {
  const std::string output = tests::output_of(kHello);
  EXPECT_GE(tests::number_in(output, "two lines, (\\S+) s apart"), 1.0);
}

// C-092
TEST(HelloLoopDemo, TheLowLevelFormIsRefusedByAClosedLoop) {
  EXPECT_EQ(tests::output_of(kHello, {"--low-level", "--clock=virtual"}),
            tests::golden("hello_loop.txt"));
}

TEST(HelloLoopDemo, CtrlCEndsItInTheShellsWay) {
  if (tests::kLooksForRaces) {
    GTEST_SKIP() << "the sanitizer may hold a signal back that comes just "
                    "before a sleep, until the sleep is over";
  }
  tests::Program program(kHello, {});
  ASSERT_TRUE(program.wait_for_output("Hello ...\n"));
  // The first line is printed from within the loop, which hears of it by then.
  os::check(os::syscalls.kill(program.pid(), SIGINT), "kill");
  EXPECT_EQ(program.wait(), 128 + SIGINT);
  EXPECT_EQ(program.error, "hello_loop: interrupted, all cleaned up\n");
}

TEST(HelloLoopDemo, PythonPrintsTheSameForTheSamePrograms) {
  const auto python = tests::printed_by_python(R"(
import asyncio

async def hello():
    print('Hello ...')
    await asyncio.sleep(0.01)
    print('... World!')

loop = asyncio.new_event_loop()
task = loop.create_task(hello())
early = task.done()
loop.run_until_complete(task)
late = task.done()
loop.close()
try:
    loop.call_soon(print)
    after = 'accepted'
except RuntimeError as refused:
    after = 'refused'
print('before', early, 'after', late, 'closed', after)
)");
  if (!python) {
    GTEST_SKIP() << tests::kNoPython;
  }
  EXPECT_EQ(*python,
            "Hello ...\n... World!\nbefore False after True closed refused\n");
  EXPECT_EQ(tests::without_verdicts(
                tests::output_of(kHello, {"--low-level", "--clock=virtual"})),
            "Hello ...\n... World!\n");
}

}  // namespace
}  // namespace demos
