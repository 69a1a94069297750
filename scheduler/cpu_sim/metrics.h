// scheduler/cpu_sim/metrics.h - how good was that schedule, and for whom.
//
// CONCEPT     Each job judges by its own clock:
//
//               arrives        first runs                     ends
//                  |---response---|                              |
//                  |------------------turnaround-----------------|
//               waiting = the part of it in which it was ready but not running
//
//             The machine's owner asks other things: how many jobs a second
//             (throughput), how busy the CPUs were (utilisation), how much
//             went into switching. And the onlooker asks whether it was just.
//             A job's *progress* is the share of its life in which it got what
//             it wanted, CPU or device: 1 if it never waited. Jain's index of
//             the progresses x is
//
//               (x1 + ... + xn)^2 / n (x1^2 + ... + xn^2)
//
//             which is 1 if all fared alike and 1/n if one got everything. No
//             policy is best in all of these; that is the lesson.
// INVARIANTS  I1. turnaround = CPU + I/O + waiting, for each job.
//             I2. 1/n <= fairness <= 1.
// THREADS     A function of its arguments.
// OWNERSHIP   Owns nothing.
// ERRORS      Jobs that have not ended are a bug: assert. No jobs: zeros.
// LEFT OUT    Percentiles: the jobs are there to be looked at one by one.
// READ NEXT   scheduler/cpu_sim/policies.h
#ifndef SCHEDULER_CPU_SIM_METRICS_H_
#define SCHEDULER_CPU_SIM_METRICS_H_

#include <vector>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/simulator.h"

namespace scheduler::cpu_sim {

inline Duration turnaround_of(const Job& job) {
  return job.finished - TimePoint(job.spec->arrival);
}
inline Duration response_of(const Job& job) {
  return job.first_run - TimePoint(job.spec->arrival);
}
// The share of its life in which the job ran or did I/O.
double progress_of(const Job& job);

// Jain's index of any amounts; 0 if there are none.
double fairness(const std::vector<double>& amounts);

struct Metrics {
  // Means over the jobs, in units.
  double turnaround = 0;
  double response = 0;
  double waiting = 0;
  double worst_response = 0;
  // Of the machine, from time zero to the end of the last job.
  double length = 0;       // in units
  double throughput = 0;   // jobs per unit
  double utilisation = 0;  // share of the CPUs' time spent running jobs
  double switching = 0;    // and switching between them
  double fairness = 0;
};

// REQUIRES: the simulator has run to its end.
Metrics measure(const Simulator& simulator);

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_METRICS_H_
