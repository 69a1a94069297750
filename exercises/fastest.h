// exercises/fastest.h - what no scheduler can beat.
//
// CONCEPT     Which program gets faster with more CPUs, which with a faster
//             device, and which with neither? Two things bound the end of a
//             set of jobs, whoever schedules them: no job can be done sooner
//             than if it were alone, and the CPUs together cannot compute
//             faster than all of them all the time.
//
//               A:0:3+5+2     alone: done at 10, on however many CPUs
//               10 jobs of 4 on 2 CPUs: 40 of work, so not before 20
//
// IN PYTHON   nothing
// THREADS     A function of its arguments.
// OWNERSHIP   Owns nothing.
// READ NEXT   scheduler/cpu_sim/job.h
#ifndef EXERCISES_FASTEST_H_
#define EXERCISES_FASTEST_H_

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"

namespace exercises {

// A time before which not all jobs can have ended, however they are scheduled
// on so many CPUs. As late a one as you can prove; jobs may come late, too.
scheduler::Duration fastest(const scheduler::cpu_sim::Workload& jobs, int cpus);

}  // namespace exercises

#endif  // EXERCISES_FASTEST_H_
