// scheduler/cpu_sim/first_come.h - first come first served, and round robin.
//
// CONCEPT     One queue, two policies; the only difference is the quantum.
//             Without one, a short job that comes behind a long one waits for
//             all of it: the *convoy*. With one, the system takes the CPU back
//             and the job goes to the end of the queue, so with n jobs ready
//             each runs again within n - 1 quanta. A long quantum is first
//             come first served again; a short one answers fast and pays for
//             many switches. [C-017]
// IN PYTHON   asyncio's ready queue: a turn ends when the task wants it to.
// INVARIANTS  I1. Jobs run in the order in which they became ready. Of one
//                 that arrives and one whose slice ends at the same instant,
//                 the arriving one is first.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      A quantum that is not longer than zero is a bug: assert.
// READ NEXT   scheduler/cpu_sim/shortest.h
#ifndef SCHEDULER_CPU_SIM_FIRST_COME_H_
#define SCHEDULER_CPU_SIM_FIRST_COME_H_

#include <cassert>

#include "scheduler/cpu_sim/policy.h"
#include "scheduler/run_queue.h"

namespace scheduler::cpu_sim {

class Fcfs : public Policy {
 public:
  bool empty() const override { return queue_.empty(); }
  void push(Job& job, Entry, TimePoint) override { queue_.push(job); }
  Job& pop() override { return queue_.pop(); }

 private:
  RunQueue<Job> queue_;
};

class RoundRobin final : public Fcfs {
 public:
  explicit RoundRobin(Duration quantum) : quantum_(quantum) {
    assert(quantum > Duration::zero() && "a slice lasts longer than nothing");
  }
  Duration slice(Job&) override { return quantum_; }

 private:
  const Duration quantum_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_FIRST_COME_H_
