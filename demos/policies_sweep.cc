#include "demos/policies_sweep.h"

#include <algorithm>
#include <ctime>

#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/workload.h"

namespace demos {

using namespace scheduler::cpu_sim;
using support::fixed;

void sweep_policies(const std::vector<std::string>& policies,
                    const Knobs& knobs, const Machine& machine) {
  support::Table table({"policy", "jobs", "events", "CPU s", "ns/event",
                        "response", "worst", "fair"});
  double most_growth = 0;
  for (const std::string& policy : policies) {
    double first = 0;
    for (const int jobs : {1'000, 10'000, 100'000, 1'000'000}) {
      const Workload workload = random_workload(
          knobs.seed, {.jobs = jobs, .arrivals = jobs * kUnit / machine.cpus});
      scheduler::ManualClock clock;
      Simulator simulator(workload, machine, policies_by_name(policy, knobs),
                          clock);
      // CPU time, not time on the wall: others may be busy on this machine.
      const std::clock_t start = std::clock();
      simulator.run();
      const double seconds =
          static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      const auto events = static_cast<double>(simulator.usage().events);
      const Metrics m = measure(simulator);
      table.add({policy, std::to_string(jobs), fixed(events, 0),
                 fixed(seconds, 2), fixed(1e9 * seconds / events, 0),
                 fixed(m.response, 0), fixed(m.worst_response, 0),
                 fixed(m.fairness, 2)});
      first = first == 0 ? seconds / events : first;
      most_growth = std::max(most_growth, seconds / events / first);
    }
  }
  // Caches alone make it ten or twenty; in proportion it would be a thousand.
  constexpr double kHardly = 100;
  support::print(table.text() + "\n1000 times the jobs: an event costs " +
                 fixed(most_growth, 1) + " times as much at most; " +
                 (most_growth < kHardly
                      ? "looking through all jobs would cost 1000 times as "
                        "much"
                      : "not shown that it is far from the 1000 of looking "
                        "through all jobs") +
                 "\n");
}

}  // namespace demos
