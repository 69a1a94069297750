// How many events a second the CPU simulator handles, from 10^3 to 10^6 jobs.
//
// THE LIMIT   std::priority_queue of the same size, one push and one pop: what
//             any simulator must do at least to know what happens next. An
//             event of ours is several of those: out of the queue of events,
//             into the policy's, out of it again, and back among the events.
// TARGET      3 M events/s at 10^3 jobs, 1 M/s at 10^6: growth is logarithmic
//             in comparisons, the rest of the slope is cache misses.
//
//   bazel run --config=bench //bench:cpu_sim_bench
#include <cstdint>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"

namespace {

using namespace scheduler::cpu_sim;
using scheduler::ManualClock;

void limit_priority_queue(benchmark::State& state) {
  const auto size = static_cast<size_t>(state.range(0));
  std::mt19937_64 dice(1);
  using Entry = std::pair<int64_t, size_t>;
  std::vector<Entry> entries;
  for (size_t i = 0; i < size; ++i) {
    entries.emplace_back(dice() >> 20, i);
  }
  std::priority_queue queue(std::greater<Entry>(), std::move(entries));
  for (auto _ : state) {
    const auto [time, job] = queue.top();
    queue.pop();
    queue.emplace(time + static_cast<int64_t>(dice() >> 20), job);
  }
  state.SetItemsProcessed(state.iterations());
}

// As many jobs as given. They arrive within an eighth of the time that the
// CPUs need for them, so at any moment most wait, for a CPU or a device.
void simulate(benchmark::State& state, std::string_view policy, int cpus) {
  const auto jobs = static_cast<int>(state.range(0));
  const Workload workload = random_workload(1, {.jobs = jobs,
                                                .arrivals = jobs * kUnit / cpus,
                                                .longest_burst = 20 * kUnit});
  uint64_t events = 0;
  for (auto _ : state) {
    ManualClock clock;
    Simulator simulator(
        workload, {.cpus = cpus}, [=] { return make_policy(policy, {}); },
        clock);
    simulator.run();
    events += simulator.usage().events;
  }
  state.SetItemsProcessed(static_cast<int64_t>(events));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::RegisterBenchmark("limit/priority_queue", limit_priority_queue)
      ->RangeMultiplier(10)
      ->Range(1'000, 1'000'000);
  for (const std::string_view policy : kPolicyNames) {
    benchmark::RegisterBenchmark(
        ("cpu_sim/" + std::string(policy)).c_str(),
        [=](benchmark::State& state) { simulate(state, policy, 1); })
        ->RangeMultiplier(10)
        ->Range(1'000, 1'000'000);
  }
  for (const std::string_view policy : kPolicyNames) {
    benchmark::RegisterBenchmark(
        ("cpu_sim/1000_cpus/" + std::string(policy)).c_str(),
        [=](benchmark::State& state) { simulate(state, policy, 1000); })
        ->Arg(1'000'000);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
