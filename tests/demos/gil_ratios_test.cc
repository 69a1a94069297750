// What the demos of the global lock say where nobody else has the CPUs.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/support/quiet_machine.h"

namespace demos {
namespace {

class GilRatios : public tests::QuietMachine {
 protected:
  void expect_verdicts(const std::string& demo,
                       const std::vector<std::string>& verdicts) {
    expect_soon([&]() -> std::string {
      tests::Program program(demo, {});
      EXPECT_EQ(program.wait(), 0) << program.error;
      for (const std::string& verdict : verdicts) {
        if (program.output.find("VERDICT " + verdict + ": ") ==
            std::string::npos) {
          return "no " + verdict + " in\n" + program.output;
        }
      }
      return "";
    });
  }
};

// C-162 C-163 C-174
TEST_F(GilRatios, AReturnFollowsTheIntervalAndNotTheCountOfInstructions) {
  expect_verdicts("demos/convoy", {"C-162 wrong", "C-163 true", "C-174 true"});
}

// C-135 C-149 C-157
TEST_F(GilRatios, ProcessesScaleAndThreadsUnderTheLockDoNot) {
  expect_verdicts("demos/gil_race",
                  {"C-135 true", "C-149 found", "C-157 true"});
}

// C-150 C-156 C-168 C-173
TEST_F(GilRatios, WhatLetsGoOfTheLockOverlaps) {
  expect_verdicts("demos/release_io",
                  {"C-150 true of bytecode only", "C-156 true",
                   "C-168 imprecise", "C-173 imprecise"});
}

}  // namespace
}  // namespace demos
