// scheduler/cpu_sim/workload.h - jobs from a line of text, or from a seed.
//
// CONCEPT     An experiment begins with who comes when and wants what. A line
//             on the command line says it; a seed makes up as many as wanted,
//             the same for everybody who takes the same seed.
//
//               A:0:5,B:1:3+2+4,C:2:1:priority=2:share=3:process=1
//
//               name : arrival : bursts [: option=number ...] , next job
//               bursts   CPU+I/O+CPU+... : an odd number, none of them zero
//               times    in units, up to six decimals: 5, 0.25
// INVARIANTS  I1. parse(text_of(w)) == w.
//             I2. Same seed and shape, same workload, on every machine.
// THREADS     Functions of their arguments.
// OWNERSHIP   Returns values.
// ERRORS      std::invalid_argument (ValueError): what, at which character,
//             and what is accepted there.
// LEFT OUT    Files of recorded workloads ("Standard Workload Format").
// READ NEXT   scheduler/cpu_sim/simulator.h
#ifndef SCHEDULER_CPU_SIM_WORKLOAD_H_
#define SCHEDULER_CPU_SIM_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"

namespace scheduler::cpu_sim {

Workload parse_workload(std::string_view text);

std::string text_of(const Workload& workload);

// A time in units, as in a workload: "5", "0.25".
Duration parse_units(std::string_view text);
std::string text_of(Duration duration);

// A mix as on a busy machine: one job in three computes (long bursts, no I/O),
// the others are dialogues (short bursts between long waits).
struct Mix {
  int jobs = 10;
  // They arrive evenly spread from zero to here.
  Duration arrivals = 20 * kUnit;
  Duration longest_burst = 20 * kUnit;
  int priorities = 3;  // from 0 to this, exclusive
  int shares = 3;      // from 1 to this, inclusive
};
Workload random_workload(uint64_t seed, const Mix& mix);

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_WORKLOAD_H_
