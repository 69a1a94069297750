// The demo as a program: the six numbers, and that Python prints the same.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/shown.h"

namespace demos {
namespace {

constexpr const char* kGenerators = "demos/generators";

// C-216
// C-071 C-073 C-074 C-075 C-094: only the address of the generator differs
// from run to run.
TEST(GeneratorsDemo, PrintsWhatTheLessonShows) {
  const std::string output = tests::output_of(kGenerators, {"--ladder"});
  const std::string shown = tests::golden("generators.txt");
  EXPECT_EQ(tests::masked(output), tests::masked(shown));
  EXPECT_TRUE(output.starts_with("0\n2\n3\n2\n3\n4\n")) << output;
  EXPECT_EQ(output.substr(output.find("caller")),
            shown.substr(shown.find("caller")));
}

TEST(GeneratorsDemo, PythonPrintsTheSameForTheSameProgram) {
  const auto python = tests::printed_by_python(R"(
import asyncio

def jumping_range(limit):
    at = 0
    while at < limit:
        step = yield at
        at += 1 if step is None else step

r = jumping_range(5)
print(next(r), r.send(2), next(r), r.send(-1), *r, sep='\n')

async def counter():
    for n in 1, 2, 3:
        print('counting', n)
        await asyncio.sleep(0)

c = counter()
print('<generator count_to_three at %#x>' % id(c))
try:
    while True:
        c.send(None)
except StopIteration:
    print('stopped')
)");
  if (!python) {
    GTEST_SKIP() << tests::kNoPython;
  }
  EXPECT_EQ(
      tests::masked(tests::without_verdicts(tests::output_of(kGenerators))),
      tests::masked(*python));
}

}  // namespace
}  // namespace demos
