#include "demos/runners/runner.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/file.h"
#include "demos/bodies/step.h"
#include "demos/support/eventually.h"
#include "demos/support/http_server.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "os/unique_fd.h"
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

bool deals_out_shares(const Model& model) {
  return model.name == "loops" || model.name == "processes_x_threads" ||
         model.name == "loops_in_processes";
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

// A model that is run inside another is given a share.
TEST_P(EveryModel, RunsTheItemsOfItsShareAndNoOthers) {
  Experiment experiment = bodies::sleeps();
  experiment.body = [](World, int item) -> Body {
    co_yield bodies::sleep(scheduler::seconds(0.0001));
    co_return static_cast<Value>(item);
  };
  Job job = job_for(experiment, "");
  EXPECT_EQ(GetParam().run(job).values,
            (std::vector<Value>{0, 1, 2, 3, 4, 5, 6, 7}));
  if (deals_out_shares(GetParam())) {
    return;
  }
  job.share = {.first = 1, .of = 3};
  EXPECT_EQ(GetParam().run(job).values, (std::vector<Value>{1, 4, 7}));
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

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::ValuesIn(all_models()),
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

// True once another item has been here, too; false if none comes.
bool met_another(std::atomic<int>& here) {
  ++here;
  return support::eventually([&] { return here >= 2; });
}
std::atomic<int> here;

// Items 0 and 1 keep their thread until both have come.
Body meeting_body(World, int item) {
  if (item > 1) {
    co_return 1;
  }
  co_return met_another(here) ? 1 : 0;
}

// C-078: two tasks of one loop never could.
TEST(Loops, TasksOfTwoLoopsRunAtTheSameTime) {
  Experiment experiment = bodies::sleeps();
  experiment.body = meeting_body;
  here = 0;
  EXPECT_EQ(run_loops(job_for(experiment, "")).values,
            std::vector<Value>(8, 1));
}

// C-206: the loop would never wake the sleeper whom the first item waits for.
TEST(AsyncOffload, TheLoopGoesOnWhileAnItemComputes) {
  static std::atomic<bool> woken;
  woken = false;
  Experiment experiment = bodies::sleeps();
  experiment.body = [](World, int item) -> Body {
    if (item == 0) {
      co_return support::eventually([&] { return woken.load(); }) ? 1 : 0;
    }
    co_yield bodies::sleep(scheduler::seconds(0.001));
    woken = true;
    co_return 1;
  };
  EXPECT_EQ(run_async_offload(job_for(experiment, "")).values,
            std::vector<Value>(8, 1));
}

std::atomic<bool> failed;
std::atomic<bool> body_is_gone;

// The first item waits for a file that nobody has opened for writing; the
// second fails meanwhile, and the first is cancelled.
Body waiting_or_failing_body(World world, int item) {
  struct TellsItsEnd {
    ~TellsItsEnd() { body_is_gone = true; }
  };
  if (item == 0) {
    const TellsItsEnd end;
    bodies::File file;
    co_yield bodies::open_to_read(file, world.folder + "/pipe");
    co_yield bodies::close(file);
  } else if (item == 1) {
    co_yield bodies::sleep(scheduler::seconds(0.02));
    failed = true;
    throw std::runtime_error("item 1 fails");
  }
  co_return 0;
}

// in_loop.h I2: the helper would write into a file that is no more.
TEST(InLoop, ABodyOutlivesTheHelperThatIsAtItsFile) {
  Experiment experiment = bodies::sleeps();
  experiment.body = waiting_or_failing_body;
  for (const auto run : {run_async, run_async_offload}) {
    const support::ScratchFolder folder;
    const std::string pipe = folder.path() + "/pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    failed = false;
    body_is_gone = false;
    bool gone_too_soon = false;
    os::UniqueFd writer;
    std::thread opener([&] {
      support::eventually([] { return failed.load(); });
      for (int i = 0; i < 50 && !body_is_gone; ++i) {
        scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.001));
      }
      gone_too_soon = body_is_gone;
      writer.reset(open(pipe.c_str(), O_RDWR | O_CLOEXEC));
    });
    EXPECT_THROW(run(job_for(experiment, folder.path())), std::runtime_error);
    opener.join();
    EXPECT_TRUE(writer);
    EXPECT_FALSE(gone_too_soon);
    EXPECT_TRUE(body_is_gone);
  }
}

// What runs in one thread, one after another, needs no atomic.
struct UnderWay {
  int now = 0;
  int most = 0;
  std::set<std::thread::id> threads;
};
UnderWay under_way;

Body body_under_way(World, int) {
  under_way.most = std::max(under_way.most, ++under_way.now);
  co_yield bodies::sleep(scheduler::seconds(0.001));
  under_way.threads.insert(std::this_thread::get_id());
  --under_way.now;
  co_return 0;
}

// C-119
TEST(Nonblocking, AllWaitTogetherInOneThread) {
  Experiment experiment = bodies::sleeps();
  experiment.body = body_under_way;
  under_way = {};
  run_nonblocking(job_for(experiment, ""));
  EXPECT_EQ(under_way.most, 8);
  EXPECT_EQ(under_way.threads, std::set{std::this_thread::get_id()});
}

TEST(Nonblocking, NoMoreThanTheLimitAreUnderWay) {
  Experiment experiment = bodies::sleeps();
  experiment.body = body_under_way;
  Job job = job_for(experiment, "");
  job.limit = 3;
  under_way = {};
  run_nonblocking(job);
  EXPECT_EQ(under_way.most, 3);
}

Body body_that_tells_its_process(World, int) {
  co_return static_cast<Value>(getpid());
}

// C-125 C-147
TEST(SharesInProcesses, AShareStaysInOneProcessThatIsNotOurs) {
  Experiment experiment = bodies::sleeps();
  experiment.body = body_that_tells_its_process;
  for (const auto run : {run_processes_x_threads, run_loops_in_processes}) {
    const std::vector<Value> values = run(job_for(experiment, "")).values;
    ASSERT_EQ(values.size(), 8u);
    for (size_t item = 0; item < values.size(); ++item) {
      EXPECT_EQ(values[item], values[item % 2]) << item;
      EXPECT_NE(values[item], static_cast<Value>(getpid()));
    }
  }
}

// C-147: a lock for each process, so they do not take turns.
TEST(ProcessesXThreads, WaitsOverlapWithinAProcess) {
  Experiment experiment = bodies::sleeps();
  experiment.body = [](World, int) -> Body {
    static std::atomic<int> waiting;  // of this process
    ++waiting;
    for (int i = 0; i < 10'000 && waiting < 4; ++i) {
      co_yield bodies::sleep(scheduler::seconds(0.001));
    }
    co_return waiting >= 4 ? 1 : 0;
  };
  EXPECT_EQ(run_processes_x_threads(job_for(experiment, "")).values,
            std::vector<Value>(8, 1));
}

}  // namespace
}  // namespace demos::runners
