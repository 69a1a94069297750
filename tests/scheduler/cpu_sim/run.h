// What the tests of cpu_sim share: run a line of text, keep all that happened.
#ifndef TESTS_SCHEDULER_CPU_SIM_RUN_H_
#define TESTS_SCHEDULER_CPU_SIM_RUN_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/metrics.h"
#include "scheduler/cpu_sim/policies.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"
#include "scheduler/gantt.h"
#include "scheduler/timeline.h"
#include "scheduler/trace.h"

namespace scheduler::cpu_sim {

// Writes down who was on which CPU during each unit: "AAB.": a letter per unit
// (the first of the job's name), '.' for an idle or switching CPU.
class CpuRows final : public Observer {
 public:
  CpuRows(const ManualClock& clock, int cpus)
      : rows(static_cast<size_t>(cpus)), clock_(clock) {}

  void created(TaskId, std::string_view) override {}
  void running(TaskId task) override {
    const size_t now = units();
    row_of(task).resize(now, '.');
  }
  void suspended(TaskId task, Reason, Decider) override { fill(task); }
  void woken(TaskId) override {}
  void finished(TaskId task) override { fill(task); }

  std::vector<std::string> rows;
  // Set after the simulator exists.
  const std::vector<Job>* jobs = nullptr;

 private:
  size_t units() const {
    return static_cast<size_t>(clock_.now().time_since_epoch() / kUnit);
  }
  std::string& row_of(TaskId task) {
    return rows[static_cast<size_t>((*jobs)[task].cpu)];
  }
  void fill(TaskId task) {
    row_of(task).resize(units(), (*jobs)[task].spec->name.front());
  }

  const ManualClock& clock_;
};

// A workload, run to its end.
class Experiment {
 public:
  Experiment(const Workload& workload, std::string_view policy,
             const Knobs& knobs = {}, const Machine& machine = {})
      : workload_(workload),
        timeline_(clock_),
        simulator_(
            workload_, machine, [=] { return make_policy(policy, knobs); },
            clock_, &timeline_) {
    simulator_.run();
  }
  Experiment(std::string_view text, std::string_view policy,
             const Knobs& knobs = {}, const Machine& machine = {})
      : Experiment(parse_workload(text), policy, knobs, machine) {}

  const Simulator& simulator() const { return simulator_; }
  const Timeline& timeline() const { return timeline_; }
  const Usage& usage() const { return simulator_.usage(); }
  Metrics metrics() const { return measure(simulator_); }

  // In units, by job in order of listing.
  std::vector<int64_t> finished() const {
    return of_each([](const Job& job) { return job.finished - TimePoint{}; });
  }
  std::vector<int64_t> turnaround() const { return of_each(turnaround_of); }
  std::vector<int64_t> response() const { return of_each(response_of); }
  std::vector<int64_t> waiting() const {
    return of_each([](const Job& job) { return job.waited; });
  }
  std::string gantt(int width) const {
    return draw_gantt(timeline_.lanes(), timeline_.slices(), width);
  }

 private:
  template <class F>
  std::vector<int64_t> of_each(F value) const {
    std::vector<int64_t> values;
    for (const Job& job : simulator_.jobs()) {
      values.push_back(value(job) / kUnit);
    }
    return values;
  }

  const Workload workload_;
  ManualClock clock_;
  Timeline timeline_;
  Simulator simulator_;
};

// One row per CPU, a letter per unit.
inline std::vector<std::string> cpu_rows(const Workload& workload,
                                         std::string_view policy,
                                         const Knobs& knobs = {},
                                         const Machine& machine = {}) {
  ManualClock clock;
  CpuRows observer(clock, machine.cpus);
  Simulator simulator(
      workload, machine, [=] { return make_policy(policy, knobs); }, clock,
      &observer);
  observer.jobs = &simulator.jobs();
  simulator.run();
  return observer.rows;
}

}  // namespace scheduler::cpu_sim

#endif  // TESTS_SCHEDULER_CPU_SIM_RUN_H_
