// The demo as a program: exact in virtual time, its shape in real time.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kCount = "demos/count_sync_async";

// C-060 C-063 C-087 C-088 C-089 C-190 C-229
TEST(CountSyncAsyncDemo, InVirtualTimeItPrintsWhatTheLessonShows) {
  EXPECT_EQ(tests::output_of(kCount, {"--clock=virtual", "--trace"}),
            tests::golden("count_sync_async.txt"));
}

// C-087 C-088: the waits are real, and never shorter than asked for.
TEST(CountSyncAsyncDemo, InRealTimeTogetherIsSoonerThanInARow) {
  const std::string output = tests::output_of(kCount, {"--delay=0.1"});
  EXPECT_EQ(tests::masked(output),
            tests::masked(tests::output_of(kCount, {"--clock=virtual"})));
  EXPECT_GE(tests::number_in(output, "C-087 found: one after another, (\\S+)"),
            0.3);
  EXPECT_GE(tests::number_in(output, "C-088 found: together, (\\S+)"), 0.1);
}

// C-060: two decimals of a second would show nothing instead of nothing.
TEST(CountSyncAsyncDemo, AShortDelayIsShownInMilliseconds) {
  const std::string output =
      tests::output_of(kCount, {"--delay=0.001", "--clock=virtual"});
  EXPECT_NE(
      output.find("C-060 found: one thread, and 1.0 ms instead of 3.0 ms"),
      std::string::npos)
      << output;
}

// C-068 C-226
TEST(CountSyncAsyncDemo, ShowsBothSourcesAndCountsWhatDiffers) {
  const std::string output = tests::output_of(kCount, {"--diff"});
  EXPECT_NE(output.find("*   co_await sleep(delay);\n"), std::string::npos);
  EXPECT_NE(output.find("    print(\"One\\n\");\n"), std::string::npos);
  EXPECT_NE(output.find("VERDICT C-068 true: 6 lines of one form are not in "
                        "the other, and 4 the other way round\n"),
            std::string::npos)
      << output;
}

TEST(CountSyncAsyncDemo, PythonPrintsTheSameForTheSamePrograms) {
  const auto python = tests::printed_by_python(R"(
import asyncio, time

def count():
    print('One')
    time.sleep(0.01)
    print('Two')

async def count_async():
    print('One')
    await asyncio.sleep(0.01)
    print('Two')

async def main():
    await asyncio.gather(*(count_async() for _ in range(3)))

for _ in range(3):
    count()
asyncio.run(main())
)");
  if (!python) {
    GTEST_SKIP() << tests::kNoPython;
  }
  EXPECT_EQ(
      tests::without_verdicts(tests::output_of(kCount, {"--clock=virtual"})),
      *python);
}

}  // namespace
}  // namespace demos
