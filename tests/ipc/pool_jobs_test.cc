// The promises of ipc/map_job.h and ipc/imap_results.h without memory: an
// answer that arrives ends its job all the same.
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/codec.h"
#include "ipc/imap_results.h"
#include "ipc/map_job.h"
#include "ipc/pool_task.h"
#include "ipc/pool_worker.h"
#include "scheduler/clock.h"
#include "tests/support/allocations.h"

namespace ipc {
namespace {

using scheduler::seconds;

Bytes answer_of(const std::vector<std::string>& results) {
  Bytes answer;
  encode_to(answer, true);
  encode_to(answer, results);
  return answer;
}

// Delivers an answer without its first allocation, without its second, and so
// on; result_of(job) throws std::bad_alloc, until none is missing.
template <class Job, class ResultOf, class... Arguments>
void expect_an_end(ResultOf result_of, Arguments... arguments) {
  const std::string value(100, 'x');
  const Bytes answer = answer_of({value});
  for (int allowed = 0;; ++allowed) {
    const auto job = std::make_shared<Job>(arguments...);
    const PoolTask task{.job = job, .chunk = 0, .frame = {}};
    {
      const tests::RefuseAllocation refuse(allowed);
      deliver(task, answer);
    }
    try {
      EXPECT_EQ(result_of(*job), value) << allowed;
      EXPECT_GT(allowed, 1);
      return;
    } catch (const std::bad_alloc&) {
    }
  }
}

// map_job.h I1
TEST(PoolJobs, AnApplyEndsWithoutMemoryForItsAnswer) {
  expect_an_end<ApplyJob<std::string>>(
      [](auto& job) { return job.future().result(seconds(0)); });
}

// map_job.h I1: nor for the results of all chunks together.
TEST(PoolJobs, AMapEndsWithoutMemoryForItsAnswer) {
  expect_an_end<MapJob<std::string>>(
      [](auto& job) { return job.future().result(seconds(0)).at(0); },
      size_t{1});
}

// imap_results.h I1
TEST(PoolJobs, AnImapGoesOnWithoutMemoryForAnAnswer) {
  for (const bool ordered : {true, false}) {
    expect_an_end<ImapJob<std::string>>(
        [](auto& job) { return job.next(seconds(0)).value(); }, ordered);
  }
}

// imap_results.h I1
TEST(PoolJobs, AnImapGivesAWholeChunkWithoutMemoryToTakeItsResults) {
  const std::vector<std::string> values(100, std::string(100, 'x'));
  const auto job = std::make_shared<ImapJob<std::string>>(true);
  deliver(PoolTask{.job = job, .chunk = 0, .frame = {}}, answer_of(values));
  std::vector<std::string> given;
  given.reserve(values.size());
  const tests::RefuseAllocation refuse(0);
  try {
    while (given.size() < values.size()) {
      given.push_back(job->next(seconds(0)).value());
    }
  } catch (const std::bad_alloc&) {
    ADD_FAILURE() << "after " << given.size();
  }
  EXPECT_EQ(given, values);
}

}  // namespace
}  // namespace ipc
