// demos/runners/single.cc - one item after another: what all are compared with.
//
// A wait is a wait for everything that comes later, so the times add up.
//
// IN PYTHON   for item in items: run(item)
#include "demos/runners/blocking.h"
#include "demos/runners/lane.h"
#include "demos/runners/runner.h"

namespace demos::runners {

Outcome run_single(const Job& job) {
  Outcome outcome;
  for (const int item : items_of(job)) {
    Lane lane(job.records, item);
    outcome.values.push_back(run_blocking(job, item, lane));
    outcome.events.push_back(lane.events());
  }
  return outcome;
}

}  // namespace demos::runners
