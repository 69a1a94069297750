// scheduler/cpu_sim/shortest.h - shortest job first, shortest rest first.
//
// CONCEPT     Let the short go first and the mean turnaround is the least
//             there can be: each job in front delays all behind it, so put the
//             small delays in front. SJF decides when the CPU becomes free and
//             is helpless once a long job has begun; STCF (shortest time to
//             completion first) decides again whenever a job becomes ready.
//             Both read the length of a burst from the future, so no kernel
//             has them: they are the limit that others are measured against.
//             And both starve: as long as short jobs come, a long one waits.
// INVARIANTS  I1. What counts is the rest of the current CPU burst, not of
//                 the whole job. Equal rests run in order of becoming ready.
//             I2. STCF preempts only for a strictly shorter rest: equals
//                 would gain nothing and pay for a switch.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// LEFT OUT    Guessing the next burst from the last ones, as real kernels
//             tried ("exponential averaging"); Mlfq learns the same by itself.
// READ NEXT   scheduler/cpu_sim/priority.h
#ifndef SCHEDULER_CPU_SIM_SHORTEST_H_
#define SCHEDULER_CPU_SIM_SHORTEST_H_

#include "scheduler/cpu_sim/policy.h"
#include "scheduler/cpu_sim/stable_heap.h"

namespace scheduler::cpu_sim {

class Sjf : public Policy {
 public:
  bool empty() const override { return heap_.empty(); }
  void push(Job& job, Entry, TimePoint) override {
    heap_.push(job.remaining.count(), job);
  }
  Job& pop() override { return heap_.pop(); }

 protected:
  StableHeap heap_;
};

class Stcf final : public Sjf {
 public:
  bool preemptive() const override { return true; }
  // The rest of a running job shrinks, but the moment it will end at stands
  // still: so that is what is compared.
  Rank rank(const Job& job, TimePoint since) const override {
    return (since + job.remaining).time_since_epoch().count();
  }
  Rank best_waiting(TimePoint now) const override {
    return now.time_since_epoch().count() + heap_.top_key();
  }
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_SHORTEST_H_
