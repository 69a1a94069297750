#include "scheduler/cpu_sim/metrics.h"

#include <algorithm>
#include <cassert>

namespace scheduler::cpu_sim {

namespace {

double units(Duration duration) {
  return in_seconds(duration) / in_seconds(kUnit);
}

}  // namespace

double progress_of(const Job& job) {
  Duration wanted{};
  for (const Duration burst : job.spec->bursts) {
    wanted += burst;
  }
  return in_seconds(wanted) / in_seconds(turnaround_of(job));
}

double fairness(const std::vector<double>& amounts) {
  double sum = 0;
  double squares = 0;
  for (const double amount : amounts) {
    sum += amount;
    squares += amount * amount;
  }
  return squares == 0
             ? 0
             : sum * sum / (static_cast<double>(amounts.size()) * squares);
}

Metrics measure(const Simulator& simulator) {
  const std::vector<Job>& jobs = simulator.jobs();
  if (jobs.empty()) {
    return {};
  }
  Metrics result;
  TimePoint end{};
  std::vector<double> progress;
  for (const Job& job : jobs) {
    assert(job.state == TaskState::kTerminated && "every job has ended");
    const double response = units(response_of(job));
    result.turnaround += units(turnaround_of(job));
    result.response += response;
    result.waiting += units(job.waited);
    result.worst_response = std::max(result.worst_response, response);
    progress.push_back(progress_of(job));
    end = std::max(end, job.finished);
  }
  const auto count = static_cast<double>(jobs.size());
  result.turnaround /= count;
  result.response /= count;
  result.waiting /= count;
  result.length = units(end - TimePoint{});
  result.throughput = count / result.length;
  const double capacity = result.length * simulator.machine().cpus;
  result.utilisation = units(simulator.usage().running) / capacity;
  result.switching = units(simulator.usage().switching) / capacity;
  result.fairness = fairness(progress);
  return result;
}

}  // namespace scheduler::cpu_sim
