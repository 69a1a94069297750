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

// What would fill the memory with a chart is refused before it begins.
TEST(Policies, TooManySlicesAreRefusedAndBothFlagsNamed) {
  for (const auto& flags : std::vector<std::vector<std::string>>{
           {"--jobs=A:0:9999999,B:0:9999999", "--quantum=0.01", "--policy=rr",
            "--switch-cost=0"},
           {"--jobs=A:0:9999999", "--quantum=9999999"}}) {
    Program program(kPolicies, flags);
    EXPECT_EQ(program.wait(), 2);
    EXPECT_EQ(program.output, "");
    EXPECT_EQ(program.error,
              "policies: --jobs and --quantum: more than 1000000 slices; "
              "accepted: shorter bursts of the CPU, or a longer quantum (the "
              "last table has one of 1)\n");
  }
}

// A and B are dealt out like cards: C has to wait for A, or be stolen.
TEST(Policies, QueuesOfSeveralCpusAreSharedOrStolenFrom) {
  const auto output_of = [](const std::string& queues) {
    Program program(kPolicies,
                    {"--jobs=A:0:9,B:0:3,C:0:3", "--policy=fcfs", "--cpus=2",
                     "--switch-cost=0", "--queues=" + queues});
    EXPECT_EQ(program.wait(), 0) << program.error;
    return program.output.substr(0, program.output.find("\n# running"));
  };
  const std::string apart = output_of("one-each");
  EXPECT_NE(apart.find(" 12 ms\n"), std::string::npos) << apart;
  EXPECT_NE(output_of("stealing"), apart);
  EXPECT_EQ(output_of("stealing"), output_of("shared"));
}

TEST(Policies, AWrongFlagIsOneLineAndExitCodeTwo) {
  for (const auto& [flag, message] :
       std::vector<std::pair<std::string, std::string>>{
           {"--jobs=A:0:x", "character 5: found 'x', expected a number"},
           {"--jobs=1001", "from 1 to 1000"},
           {"--quantum=0", "accepted: 0.01 to 9999999"},
           {"--quantum=5ms", "character 2: found 'ms'"},
           {"--policy=random", "fcfs, sjf, stcf, rr"},
           {"--queues=two", "accepted: shared, one-each or stealing"},
           {"--jobs=A:0:5:share=1001", "a share from 1 to 1000"},
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
