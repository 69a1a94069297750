// The order in which things happen, against asyncio itself: every scenario of
// tests/differential runs in Python and here, and the logs must be the same.
//
// Time is virtual on both sides, so no order depends on the machine. Left out
// is where we differ on purpose: a notification that got lost with its
// cancelled waiter (loop/sync/condition.h), more than two equal deadlines
// (loop/timer_queue.h), and what loop/wait_for.h and loop/task_group.h say.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/event_loop.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/virtual_poller.h"
#include "scheduler/clock.h"
#include "tests/differential/python_logs.h"
#include "tests/differential/scenario.h"
#include "tests/loop/thread_executor.h"
#include "tests/loop/worlds.h"

namespace tests {
namespace {

// What asyncio writes: scenario -> words.
const std::map<std::string, std::string>& asyncio_logs() {
  static const auto logs = python_logs("loop_scenarios.py");
  return logs;
}

// What the kernel writes, over a poller of this kind.
std::string kernel_log(const Scenario& scenario, Kind kind_of_poller) {
  std::vector<std::string> words;
  const Log log(words);
  auto before = loop::set_report_hook([log](const loop::Report& report) {
    log("report:" + (report.error ? kind(report.error) : report.message));
  });
  {
    scheduler::ManualClock clock;
    loop::EventLoop loop(std::make_unique<loop::VirtualPoller>(
                             clock, real_poller(kind_of_poller)),
                         clock);
    loop.set_default_executor(std::make_unique<ThreadExecutor>());
    if (scenario.in_a_loop != nullptr) {
      loop::run(scenario.in_a_loop(log), loop);
    } else {
      scenario.with_a_loop(log, loop);
    }
  }
  loop::set_report_hook(std::move(before));
  std::string line;
  for (const std::string& word : words) {
    line += " " + word;
  }
  return line;
}

class Differential : public testing::TestWithParam<Scenario> {};

TEST_P(Differential, ScenarioWritesWhatAsyncioWritesOverEveryPoller) {
  if (asyncio_logs().empty()) {
    GTEST_SKIP() << "no python 3.11 on this machine to compare with";
  }
  const auto expected = asyncio_logs().find(GetParam().name);
  ASSERT_NE(expected, asyncio_logs().end()) << "it is not written in Python";
  for (const Kind poller : {Kind::kEpoll, Kind::kPoll, Kind::kSelect}) {
    SCOPED_TRACE("poller " + std::to_string(static_cast<int>(poller)));
    EXPECT_EQ(kernel_log(GetParam(), poller), expected->second);
  }
}

INSTANTIATE_TEST_SUITE_P(Asyncio, Differential, testing::ValuesIn(scenarios()),
                         [](const auto& scenario) {
                           return scenario.param.name;
                         });

TEST(DifferentialScenarios, AreAllWrittenInBothLanguages) {
  if (asyncio_logs().empty()) {
    GTEST_SKIP() << "no python 3.11 on this machine to compare with";
  }
  std::set<std::string> here, there;
  for (const Scenario& scenario : scenarios()) {
    here.insert(scenario.name);
  }
  for (const auto& [name, log] : asyncio_logs()) {
    there.insert(name);
  }
  EXPECT_EQ(here, there);
  EXPECT_GE(here.size(), 60u);
}

}  // namespace
}  // namespace tests
