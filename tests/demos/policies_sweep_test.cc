// A million jobs on a thousand CPUs: cheap enough to try, and the price of an
// event hardly depends on how many there are.
#include <string>

#include "gtest/gtest.h"
#include "tests/demos/program.h"

namespace tests {
namespace {

TEST(PoliciesSweep, AMillionJobsCostAnEventNoHundredfold) {
  Program program("demos/policies",
                  {"--sweep", "--policy=fcfs", "--cpus=1000"});
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(program.output.find("1000000"), std::string::npos);
  constexpr const char* kCosts = "an event costs ";
  const size_t at = program.output.find(kCosts);
  ASSERT_NE(at, std::string::npos) << program.output;
  // O(n) would be a thousandfold; caches alone make it ten to thirty.
  EXPECT_LT(std::stod(program.output.substr(at + 15)), 100) << program.output;
}

}  // namespace
}  // namespace tests
