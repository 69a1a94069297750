// What processes and pools do, against Python's own: every scenario runs there
// and here, and the logs must be the same.
//
// Left out is where we differ on purpose: what tests/ipc says of deaths (a pool
// of Python's loses the job without a word, and may hang), and of ends that are
// refused more strictly.
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tests/differential/ipc_scenario.h"
#include "tests/differential/python_logs.h"

namespace tests {
namespace {

const std::map<std::string, std::string>& expected_logs() {
  static const auto logs = python_logs("ipc_scenarios.py");
  return logs;
}

class DifferentialIpc : public testing::TestWithParam<IpcScenario> {};

TEST_P(DifferentialIpc, ScenarioWritesWhatPythonWrites) {
  if (expected_logs().empty()) {
    GTEST_SKIP() << "no python 3.11 on this machine to compare with";
  }
  const auto expected = expected_logs().find(GetParam().name);
  ASSERT_NE(expected, expected_logs().end()) << "it is not written in Python";
  std::string words;
  GetParam().run(IpcLog(words));
  EXPECT_EQ(words, expected->second);
}

INSTANTIATE_TEST_SUITE_P(Multiprocessing, DifferentialIpc,
                         testing::ValuesIn(ipc_scenarios()),
                         [](const auto& scenario) {
                           return scenario.param.name;
                         });

TEST(DifferentialIpcScenarios, AreAllWrittenInBothLanguages) {
  if (expected_logs().empty()) {
    GTEST_SKIP() << "no python 3.11 on this machine to compare with";
  }
  std::set<std::string> here, there;
  for (const IpcScenario& scenario : ipc_scenarios()) {
    here.insert(scenario.name);
  }
  for (const auto& [name, log] : expected_logs()) {
    there.insert(name);
  }
  EXPECT_EQ(here, there);
  EXPECT_GE(here.size(), 35u);
}

}  // namespace
}  // namespace tests
