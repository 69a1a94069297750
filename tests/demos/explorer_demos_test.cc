// The demos that prove by search: their verdicts, which are exact.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

std::string output_of(const std::string& demo,
                      const std::vector<std::string>& arguments = {}) {
  tests::Program program("demos/" + demo, arguments);
  EXPECT_EQ(program.wait(), 0) << program.error;
  return program.output;
}

void expect_line(const std::string& output, const std::string& line) {
  EXPECT_NE(output.find(line + "\n"), std::string::npos)
      << "no " << line << " in\n"
      << output;
}

// C-036 C-160 C-161
TEST(InterleaveDemo, CountsTheSchedulesOfOneLine) {
  const std::string output = output_of("interleave");
  expect_line(output,
              "VERDICT C-161 found: 68 of 70 schedules lose an update; 6 of "
              "visible steps, 4 classes; 1 forced switch is enough");
  expect_line(output,
              "VERDICT C-160 found: backward_jumps_and_calls: 0 of 2 schedules "
              "of `line` lose an update");
  expect_line(output, "STORE_GLOBAL x                              x=1");
}

// C-160, and the mutants: what breaks the line, and what mends it.
TEST(InterleaveDemo, ACallInsideTheLineBreaksItAndALockMendsIt) {
  const std::string broken = output_of(
      "interleave", {"--program=call", "--checks=backward_jumps_and_calls"});
  expect_line(broken,
              "VERDICT C-160 found: backward_jumps_and_calls: 4 of 6 schedules "
              "of `call` lose an update");
  const std::string mended = output_of(
      "interleave",
      {"--program=call", "--checks=backward_jumps_and_calls", "--lock"});
  expect_line(mended, "No schedule fails.");
}

// C-065 C-067 C-124
TEST(InterleaveDemo, ACoroutineIsSafeUntilItAwaits) {
  const std::string output =
      output_of("interleave", {"--program=line,await", "--checks=awaits_only"});
  expect_line(output,
              "VERDICT C-160 found: awaits_only: 0 of 2 schedules of `line` "
              "lose an update");
  expect_line(output,
              "VERDICT C-160 found: awaits_only: 4 of 6 schedules of `await` "
              "lose an update");
  expect_line(
      output,
      "VERDICT C-067 true: switched at awaits only, 0 of 2 schedules of "
      "`line` lose an update; after any instruction, 68 of 70");
  expect_line(output,
              "VERDICT C-124 imprecise: schedules of `line` to think of: 2 at "
              "awaits only, 70 after any instruction; what it takes to write, "
              "no search tells");
}

// C-175
TEST(InterleaveDemo, TheLeastValueOfTwiceTenIncrementsIsTwo) {
  expect_line(
      output_of("interleave", {"--n=10", "--checks=every_instruction"}),
      "VERDICT C-175 found: 2 times 10 increments end at least at x=2, by a "
      "complete search of 22707 states");
}

// C-160. An exact count of the ways through a grid of 82 by 82 steps, and of
// those where no two are between load and store at once, agrees.
TEST(InterleaveDemo, OfAHugeNumberOfSchedulesTheFewThatPassAreSaid) {
  const std::string output =
      output_of("interleave", {"--n=8", "--checks=every_instruction"});
  expect_line(output,
              "VERDICT C-160 found: every_instruction: all but about 6.48e+44 "
              "of about 1.45e+48 schedules of `line` lose an update");
  expect_line(output, " 601080390       601067520           12870");
}

TEST(InterleaveDemo, CountingTakesNoOtherFlag) {
  tests::Program program("demos/interleave", {"--count", "--n=20"});
  EXPECT_EQ(program.wait(), 2);
  EXPECT_EQ(program.output, "");
  EXPECT_EQ(program.error,
            "interleave: --count searches no program; accepted: no other flag "
            "beside it\n");
}

// C-038
TEST(InterleaveDemo, CountsHowSchedulesGrow) {
  const std::string output = output_of("interleave", {"--count"});
  expect_line(output,
              "VERDICT C-038 found: 70 schedules for one line in 2 "
              "threads");
  EXPECT_NE(output.find("3384731762521200"), std::string::npos) << output;
}

TEST(InterleaveDemo, ABoundThatIsHitClaimsNothing) {
  const std::string output = output_of(
      "interleave", {"--n=5", "--bound=100", "--checks=every_instruction"});
  expect_line(output,
              "Nothing is claimed: the bound of 100 states was reached.");
  EXPECT_EQ(output.find("VERDICT"), std::string::npos) << output;
}

// C-032
TEST(DeadlockDemo, CrosswiseLocksDeadlockAndOrderedOnesNever) {
  const std::string output = output_of("deadlock");
  expect_line(output,
              "VERDICT C-032 found: two locks: crosswise 2 of 6 schedules "
              "deadlock, ordered 0 of 2 schedules deadlock");
  expect_line(output,
              "VERDICT C-032 found: 3 philosophers: crosswise 6 of 168 "
              "schedules deadlock, ordered 0 of 142 schedules deadlock");
  expect_line(output,
              "-> deadlock: A waits for b, which B has; B waits for a, which A "
              "has");
}

// C-153 C-154 C-170
TEST(RefcountDemo, OnlyCountsWithoutASchemeGoWrong) {
  const std::string output = output_of("refcount");
  expect_line(output,
              "VERDICT C-153 found: kinds of wrong ending: none 5, atomic 0, "
              "lock_per_object 0, gil 0");
  EXPECT_NE(output.find("VERDICT C-154 true: without a scheme "),
            std::string::npos);
  expect_line(output,
              "VERDICT C-170 imprecise: no schedule goes wrong, and no lock is "
              "around the interpreter, under atomic, lock_per_object");
  EXPECT_NE(output.find("Under none an object is used after it was freed"),
            std::string::npos);
}

}  // namespace
}  // namespace demos
