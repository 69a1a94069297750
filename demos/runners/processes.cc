// demos/runners/processes.cc - a pool of processes, and a list to be worked
// off.
//
// The pool cuts the list of items into chunks, about four for each worker, and
// gives each worker the next chunk when it is done with one. [C-143] So waits
// overlap only as far as there are workers; work for the CPU gets a CPU each.
//
// IN PYTHON   multiprocessing.Pool(os.cpu_count()).map(run, items)
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "demos/bodies/step.h"
#include "demos/runners/blocking.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"
#include "ipc/process_pool.h"
#include "scheduler/timeline.h"

namespace demos::runners {

namespace {

// Set before the pool forks its workers, which inherit it: what is the same
// for all items need not travel.
const Job* inherited_job = nullptr;

struct Report {
  bodies::Value value;
  std::vector<scheduler::Event> events;
  static constexpr auto kFields = std::tuple(&Report::value, &Report::events);
};

Report run_item(int item) {
  Lane lane(inherited_job->records, item);
  const bodies::Value value = run_blocking(*inherited_job, item, lane);
  return {.value = value, .events = lane.events()};
}

}  // namespace

Outcome run_processes(const Job& job) {
  inherited_job = &job;
  ipc::ProcessPool pool(static_cast<size_t>(job.workers));
  Outcome outcome;
  for (Report& report : pool.map(&run_item, items_of(job))) {
    outcome.values.push_back(report.value);
    outcome.events.push_back(std::move(report.events));
  }
  pool.close();
  pool.join();
  return outcome;
}

}  // namespace demos::runners
