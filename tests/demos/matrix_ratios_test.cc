// The shapes that the tests of the documents were made to show, as ratios of
// medians within one run. On a busy machine they cannot show; then the tests
// are skipped and say why.
#include <string>
#include <string_view>
#include <vector>

#include "demos/support/json.h"
#include "gtest/gtest.h"
#include "tests/demos/program.h"
#include "tests/support/quiet_machine.h"

namespace demos {
namespace {

using support::Json;

class Ratios : public tests::QuietMachine {
 protected:
  // Seconds of a model: of its median run, or of its best one, which a stolen
  // moment does not touch.
  double seconds(const Json& test, std::string_view model, const char* which) {
    for (const Json& row : test.at("rows").array()) {
      if (row.at("model").string() == model) {
        return row.at("seconds").at(which).number();
      }
    }
    ADD_FAILURE() << "no row " << model;
    return 1;
  }
  double median(const Json& test, std::string_view model) {
    return seconds(test, model, "median");
  }
  double best(const Json& test, std::string_view model) {
    return seconds(test, model, "low");
  }
  Json run(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    tests::Program program("demos/concurrency_matrix", arguments);
    EXPECT_EQ(program.wait(), 0) << program.error;
    return Json::parse(program.output).array().at(0);
  }
};

// C-058 C-195
// C-178: waits that overlap cost the longest of them.
TEST_F(Ratios, SleepsTogetherLastAsLongAsTheLongest) {
  expect_soon([&]() -> std::string {
    const Json test = run({"--test=1"});
    for (const char* const model : {"threads", "threads_gil", "async"}) {
      EXPECT_GE(median(test, model), 0.100) << model;
      if (median(test, model) > 0.115) {
        return std::string(model) + " took longer than 1.15 longest waits";
      }
    }
    EXPECT_GE(median(test, "single"), 1.78);
    const double half = median(test, "processes") / median(test, "single");
    return half < 0.6 ? "" : "two processes did not halve the time";
  });
}

// C-179
TEST_F(Ratios, FetchingTogetherIsTenTimesFaster) {
  expect_soon([&]() -> std::string {
    const Json test = run({"--test=2"});
    for (const char* const model : {"threads", "async"}) {
      if (median(test, "single") / median(test, model) < 10) {
        return std::string(model) + " is less than ten times faster";
      }
    }
    return "";
  });
}

// C-181 C-127 C-171
TEST_F(Ratios, HeavyWorkGainsFromCpusAndNotFromThreadsUnderALock) {
  expect_soon([&]() -> std::string {
    const Json test = run({"--test=4", "--workers=2"});
    const double single = best(test, "single");
    for (const char* const model : {"processes", "threads"}) {
      if (single / best(test, model) < 1.7) {
        return std::string(model) + " is less than 1.7 times faster";
      }
    }
    for (const char* const model : {"threads_gil", "async"}) {
      const double ratio = single / best(test, model);
      if (ratio < 0.85 || ratio > 1.1) {
        return std::string(model) + " differs from single";
      }
    }
    return "";
  });
}

}  // namespace
}  // namespace demos
