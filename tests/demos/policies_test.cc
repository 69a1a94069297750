// demos/policies as a program: the default run byte by byte, and its flags.
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace tests {
namespace {

constexpr const char* kPolicies = "demos/policies";

// [C-017]
TEST(Policies, DefaultRunIsTheOneThatTheLessonShows) {
  std::ifstream golden("tests/demos/golden/policies.txt");
  const std::string expected(std::istreambuf_iterator<char>(golden), {});
  ASSERT_FALSE(expected.empty());
  Program program(kPolicies, {});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(program.output, expected);
  EXPECT_EQ(program.error, "");
}

TEST(Policies, JobsBySeedAreTheSameEachTimeAndOthersByAnotherSeed) {
  const auto output_of = [](const char* seed) {
    Program program(kPolicies, {"--jobs=6", seed, "--policy=lottery"});
    EXPECT_EQ(program.wait(), 0);
    return program.output;
  };
  EXPECT_EQ(output_of("--seed=1"), output_of("--seed=1"));
  EXPECT_NE(output_of("--seed=1"), output_of("--seed=2"));
}

// A switch that costs nothing cannot prove the claim, and it says so.
TEST(Policies, WithFreeSwitchesTheVerdictIsWithheld) {
  Program program(kPolicies, {"--switch-cost=0"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(program.output.find("VERDICT C-017 not shown"), std::string::npos)
      << program.output;
}

TEST(Policies, AWrongFlagIsOneLineAndExitCodeTwo) {
  for (const auto& [flag, message] :
       std::vector<std::pair<std::string, std::string>>{
           {"--jobs=A:0:x", "character 5: found 'x', expected a number"},
           {"--jobs=1001", "from 1 to 1000"},
           {"--quantum=0", "more than zero"},
           {"--quantum=5ms", "character 2: found 'ms'"},
           {"--policy=random", "fcfs, sjf, stcf, rr"},
           {"--cpus=0", "from 1 to 1000"}}) {
    Program program(kPolicies, {flag});
    EXPECT_EQ(program.wait(), 2) << flag;
    EXPECT_EQ(program.output, "") << flag;
    EXPECT_NE(program.error.find(message), std::string::npos) << program.error;
    EXPECT_EQ(program.error.find('\n'), program.error.size() - 1);
  }
}

}  // namespace
}  // namespace tests
