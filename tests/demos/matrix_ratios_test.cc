// The shapes that the tests of the documents were made to show, as ratios of
// medians within one run. On a busy machine they cannot show; then the tests
// are skipped and say why.
#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "demos/support/json.h"
#include "demos/support/machine.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "tests/demos/program.h"

namespace demos {
namespace {

using support::Json;

// The share of two CPUs that two threads get which want all of them: what is
// missing is somebody else's.
double idle_share() {
  auto& clock = scheduler::SteadyClock::instance();
  const auto burn = [&](scheduler::Duration* cpu) {
    const auto end = clock.now() + scheduler::seconds(0.1);
    while (clock.now() < end) {
    }
    *cpu = support::thread_cpu_time();
  };
  scheduler::Duration one{};
  scheduler::Duration two{};
  std::thread first(burn, &one);
  std::thread second(burn, &two);
  first.join();
  second.join();
  return scheduler::in_seconds(std::min(one, two)) / 0.1;
}

class Ratios : public testing::Test {
 protected:
  void SetUp() override {
    if (support::usable_cpus() < 2) {
      GTEST_SKIP() << "one CPU: nothing can run in parallel";
    }
    if (const double share = idle_share(); share < 0.9) {
      GTEST_SKIP() << "busy machine: only " << share << " of a CPU was free";
    }
  }

  // Medians by model, in seconds.
  double median(const Json& test, std::string_view model) {
    for (const Json& row : test.at("rows").array()) {
      if (row.at("model").string() == model) {
        return row.at("seconds").at("median").number();
      }
    }
    ADD_FAILURE() << "no row " << model;
    return 1;
  }
  Json run(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    tests::Program program("demos/concurrency_matrix", arguments);
    EXPECT_EQ(program.wait(), 0) << program.error;
    return Json::parse(program.output).array().at(0);
  }
};

// C-178: waits that overlap cost the longest of them.
TEST_F(Ratios, SleepsTogetherLastAsLongAsTheLongest) {
  const Json test = run({"--test=1"});
  for (const char* const model : {"threads", "threads_gil", "async"}) {
    EXPECT_GE(median(test, model), 0.100);
    EXPECT_LE(median(test, model), 0.115) << model;
  }
  EXPECT_GE(median(test, "single"), 1.78);
  EXPECT_NEAR(median(test, "processes") / median(test, "single"), 0.5, 0.1);
}

// C-179
TEST_F(Ratios, FetchingTogetherIsTenTimesFaster) {
  const Json test = run({"--test=2"});
  for (const char* const model : {"threads", "async"}) {
    EXPECT_GE(median(test, "single") / median(test, model), 10) << model;
  }
}

// C-181
TEST_F(Ratios, HeavyWorkGainsFromCpusAndNotFromThreadsUnderALock) {
  const Json test = run({"--test=4", "--workers=2"});
  const double single = median(test, "single");
  EXPECT_GE(single / median(test, "processes"), 1.7);
  EXPECT_GE(single / median(test, "threads"), 1.7);
  for (const char* const model : {"threads_gil", "async"}) {
    EXPECT_NEAR(single / median(test, model), 0.975, 0.125) << model;
  }
}

}  // namespace
}  // namespace demos
