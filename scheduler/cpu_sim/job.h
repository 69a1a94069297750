// scheduler/cpu_sim/job.h - what a job will do, and what the kernel knows.
//
// CONCEPT     A program is a list of bursts: compute, wait for a device,
//             compute again. That is all a scheduler can see of it, and it is
//             seen only afterwards: how long a burst will be stands in the
//             JobSpec, which a real kernel does not have. What it does have is
//             the Job, the *process control block*: one record per job with
//             its state, its place and its accounts.
//
//               A:0:3+2+4    |###|..|####|    CPU 3, I/O 2, CPU 4
//
//             Two jobs with the same process number are threads of that
//             process; to switch between them costs less.
// IN PYTHON   asyncio.Task is the control block of a coroutine.
// INVARIANTS  I1. state changes by scheduler::advance only: legal edges only.
//             I2. Bursts alternate, begin and end with CPU, none is empty.
// THREADS     Values of one simulator.
// OWNERSHIP   A Job borrows its JobSpec.
// ERRORS      Bursts against I2 are a bug: the simulator asserts.
// LEFT OUT    Devices that are busy: each I/O takes its time, whoever else
//             waits. Memory, files, users: they do not change the order.
// READ NEXT   scheduler/cpu_sim/policy.h
#ifndef SCHEDULER_CPU_SIM_JOB_H_
#define SCHEDULER_CPU_SIM_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/clock.h"
#include "scheduler/task_state.h"
#include "scheduler/trace.h"

namespace scheduler::cpu_sim {

// What one number means in texts: `5` is 5 ms of virtual time. Only pictures
// and tables depend on it.
inline constexpr Duration kUnit = std::chrono::milliseconds(1);

// A share divides a quantum; more would leave nothing of a short one.
inline constexpr int kLargestShare = 1000;

struct JobSpec {
  std::string name;
  Duration arrival{};
  std::vector<Duration> bursts;  // CPU, I/O, CPU, ... CPU [I2]
  int priority = 0;              // 0 is the most urgent
  int share = 1;     // tickets of a lottery, weight of a fair share; to 1000
  int process = -1;  // negative: a process of its own

  bool operator==(const JobSpec&) const = default;
};

// In order of listing: that order breaks ties, and the index is the TaskId.
using Workload = std::vector<JobSpec>;

// Two cache lines and not three: with a million jobs most of the time goes
// into fetching them. What a switch asks for is copied from the JobSpec, which
// would be one more to fetch.
struct alignas(64) Job {
  const JobSpec* spec = nullptr;
  TaskId id = 0;
  TaskState state = TaskState::kNew;  // [I1]
  int process = -1;
  int priority = 0;
  int share = 1;
  int cpu = -1;  // where it runs, or ran last

  // The program counter of a simulated program.
  uint32_t burst = 0;  // index into spec->bursts
  bool has_run = false;
  Duration remaining{};  // of this CPU burst

  // The accounts.
  TimePoint ready_since{};
  Duration waited{};  // ready, but not running
  TimePoint first_run{};
  TimePoint finished{};

  // The policy's own notes; the simulator never looks.
  Job* next_ready = nullptr;  // link of a RunQueue
  int64_t rank = 0;           // Priority: the place it keeps while preempted
  Duration vruntime{};        // FairShare: time on the CPU, by weight
  Duration used{};            // Mlfq: of the allotment of its level
  int level = 0;              // Mlfq
  uint32_t boosts = 0;        // Mlfq: boosts seen so far
};
static_assert(sizeof(Job) == 128);

// The record of a job that has not arrived yet. Borrows the spec.
inline Job new_job(const JobSpec& spec, TaskId id) {
  return {.spec = &spec,
          .id = id,
          .process = spec.process,
          .priority = spec.priority,
          .share = spec.share,
          .remaining = spec.bursts.front()};
}

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_JOB_H_
