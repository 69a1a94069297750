#include "demos/runners/runner.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "demos/support/http_server.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/timeline.h"

namespace demos::runners {
namespace {

using bodies::Body;
using bodies::Experiment;
using bodies::Value;
using bodies::World;

Job job_for(const Experiment& experiment, const std::string& folder) {
  Job job;
  job.experiment = &experiment;
  job.world.sizes = {.sleep_unit = scheduler::seconds(0.0005),
                     .letters = 20,
                     .base = 300,
                     .rows = 40};
  job.world.items = 8;
  job.world.folder = folder;
  job.workers = 2;
  return job;
}

// C-188: every body under every model, against `single`.
class EveryModel : public testing::TestWithParam<Model> {
 protected:
  void expect_equal_to_single(const Experiment& experiment,
                              int pool_and_limit = 0) {
    std::optional<support::HttpServer> server;
    if (experiment.needs_server) {
      server.emplace(support::ServerSettings{.latency_ms = 1});
    }
    std::vector<std::vector<Value>> values;
    for (const Model& model : {models().front(), GetParam()}) {
      const support::ScratchFolder folder;
      Job job = job_for(experiment, folder.path());
      job.world.port = server ? server->port() : uint16_t{0};
      job.pool = pool_and_limit;
      job.limit = pool_and_limit;
      experiment.prepare(job.world);
      values.push_back(model.run(job).values);
      EXPECT_NO_THROW(experiment.check(job.world, values.back()));
    }
    EXPECT_EQ(values[1].size(), 8u);
    EXPECT_EQ(values[1], values[0]);
  }
};

// C-178
TEST_P(EveryModel, SleepsAsLongAsSingle) {
  expect_equal_to_single(bodies::sleeps());
}
// C-179
TEST_P(EveryModel, FetchesTheSamePages) {
  expect_equal_to_single(bodies::pages());
}
// C-180
TEST_P(EveryModel, LosesNoLetterOfTheOneFile) {
  expect_equal_to_single(bodies::one_file());
}
// C-181
TEST_P(EveryModel, ComputesTheSamePowers) {
  expect_equal_to_single(bodies::heavy());
}
// C-182
TEST_P(EveryModel, WritesAndReadsEveryFile) {
  expect_equal_to_single(bodies::many_files());
}
// C-183
TEST_P(EveryModel, TearsNoLineOfTheApi) {
  expect_equal_to_single(bodies::api_to_file());
}
// C-184
TEST_P(EveryModel, ReadsTheSameRows) {
  expect_equal_to_single(bodies::csv_file());
}

TEST_P(EveryModel, GivesTheSameWithAPoolOrALimit) {
  for (const Experiment& experiment : bodies::experiments()) {
    expect_equal_to_single(experiment, 3);
  }
}

Body failing_body(World, int item) {
  co_yield bodies::sleep(scheduler::seconds(0.0001));
  if (item == 3) {
    throw std::runtime_error("item 3 fails");
  }
  co_return 0;
}

TEST_P(EveryModel, AnItemThatFailsFailsTheRun) {
  Experiment experiment = bodies::sleeps();
  experiment.body = failing_body;
  try {
    GetParam().run(job_for(experiment, ""));
    ADD_FAILURE() << "no error";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("item 3 fails"),
              std::string::npos);
  }
}

TEST_P(EveryModel, AMissingServerFailsTheRun) {
  const Experiment experiment = bodies::pages();
  Job job = job_for(experiment, "");
  {
    const support::HttpServer gone({});
    job.world.port = gone.port();
  }
  EXPECT_THROW(GetParam().run(job), std::exception);
}

TEST_P(EveryModel, RecordsALaneForEachItem) {
  const Experiment experiment = bodies::sleeps();
  Job job = job_for(experiment, "");
  job.records = true;
  const Outcome outcome = GetParam().run(job);
  ASSERT_EQ(outcome.events.size(), 8u);
  for (const auto& lane : outcome.events) {
    ASSERT_GE(lane.size(), 5u);
    EXPECT_EQ(lane.front().verb, scheduler::Verb::kCreated);
    EXPECT_EQ(lane.back().verb, scheduler::Verb::kFinished);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::ValuesIn(models()),
                         [](const auto& model) {
                           std::string name(model.param.name);
                           std::erase(name, '_');
                           return name;
                         });

// How many bodies compute at this moment, and the most that ever did.
std::atomic<int> computing;
std::atomic<int> most;

Body counting_body(World, int) {
  for (int i = 0; i < 20; ++i) {
    const int now = ++computing;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    --computing;
    co_yield bodies::check_point();
    co_yield bodies::sleep(scheduler::seconds(0.0001));
  }
  co_return 0;
}

// Waits overlap under the lock; computing never does.
TEST(ThreadsGil, OnlyOneBodyComputesAtATime) {
  Experiment experiment = bodies::sleeps();
  experiment.body = counting_body;
  most = 0;
  run_threads_gil(job_for(experiment, ""));
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace demos::runners
