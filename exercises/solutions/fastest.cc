#include "exercises/fastest.h"

#include <algorithm>
#include <cstddef>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"

namespace exercises {

using scheduler::Duration;
using scheduler::cpu_sim::JobSpec;

scheduler::Duration fastest(const scheduler::cpu_sim::Workload& jobs,
                            int cpus) {
  Duration bound{};
  for (const JobSpec& job : jobs) {
    Duration alone = job.arrival;
    for (const Duration burst : job.bursts) {
      alone += burst;
    }
    // What comes from here on cannot have been worked at before.
    Duration work{};
    for (const JobSpec& later : jobs) {
      if (later.arrival >= job.arrival) {
        for (size_t i = 0; i < later.bursts.size(); i += 2) {
          work += later.bursts[i];
        }
      }
    }
    bound = std::max({bound, alone, job.arrival + work / cpus});
  }
  return bound;
}

}  // namespace exercises
