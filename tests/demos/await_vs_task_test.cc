// The demo as a program: exact in virtual time, its shape in real time.
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kAwait = "demos/await_vs_task";

// C-096 C-098 C-099 C-100 C-101 C-102 C-103 C-191
TEST(AwaitVsTaskDemo, InVirtualTimeBothMethodsTakeExactlyWhatTheLessonShows) {
  EXPECT_EQ(tests::output_of(kAwait, {"--clock=virtual"}),
            tests::golden("await_vs_task.txt"));
}

// C-104
TEST(AwaitVsTaskDemo, ATaskBesideBlockingWorkBeginsWhenItsMakerWaits) {
  EXPECT_EQ(tests::output_of(
                kAwait, {"--clock=virtual", "--method=2", "--blocking-work"}),
            tests::golden("await_vs_task_blocking.txt"));
}

// C-077 C-097 C-106 C-107
TEST(AwaitVsTaskDemo, ReadyForgottenAndBothAreExactInVirtualTime) {
  EXPECT_EQ(tests::output_of(
                kAwait, {"--clock=virtual", "--both", "--ready", "--forget"}),
            tests::golden("await_vs_task_rest.txt"));
}

// C-099
TEST(AwaitVsTaskDemo, InRealTimeTwoAwaitsTakeTwoSecondsOrMore) {
  const std::string output = tests::output_of(kAwait, {"--method=1"});
  EXPECT_GE(tests::number_in(output, "one after the other, (\\S+) s"), 2.0);
  EXPECT_GT(tests::number_in(output, "beat (\\d+) times"), 0);
}

// Without what only we say: the verdicts, and the chart behind its scale.
std::string story_of(const std::string& output) {
  std::istringstream lines(output);
  std::string story;
  for (std::string line; std::getline(lines, line);) {
    story += line.starts_with("[") ? line + "\n" : "";
  }
  return story;
}

TEST(AwaitVsTaskDemo, PythonTellsTheSameStory) {
  const auto python = tests::printed_by_python(R"(
import asyncio

UNIT = 0.02
begun = 0

def tell(line):
    now = (asyncio.get_running_loop().time() - start) / UNIT
    print('[%.2f s] %s' % (now, line))

async def fetch(what):
    global begun
    begun += 1
    tell('fetch: begins ' + what)
    await asyncio.sleep(UNIT)
    tell('fetch: has ' + what)
    return what

async def method_1():
    one = fetch('one')
    tell('main: called fetch, lines of it that ran: %d' % begun)
    first = await one
    second = await fetch('two')
    tell('main: has %s and %s' % (first, second))

async def method_2():
    task = asyncio.create_task(fetch('data'))
    tell('main: made a task, lines of it that ran: %d' % begun)
    await asyncio.sleep(5 * UNIT)
    tell('main: the other work is done')
    tell('main: has ' + await task)

async def timed(body):
    global start, begun
    start, begun = asyncio.get_running_loop().time(), 0
    await body()

asyncio.run(timed(method_1))
asyncio.run(timed(method_2))
)");
  if (!python) {
    GTEST_SKIP() << tests::kNoPython;
  }
  EXPECT_EQ(
      tests::masked(story_of(tests::output_of(kAwait, {"--clock=virtual"}))),
      tests::masked(*python));
}

}  // namespace
}  // namespace demos
