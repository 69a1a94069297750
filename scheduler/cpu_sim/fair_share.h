// scheduler/cpu_sim/fair_share.h - who has had least runs next.
//
// CONCEPT     Each job has a *virtual run time*: its time on the CPU, divided
//             by its weight. The one with the least runs for a quantum and
//             moves to the right; so all advance together, and a job of weight
//             2 gets twice the CPU of a job of weight 1.
//
//               virtual time  ----C---A--B----->    C is next
//
//             Who comes late must not claim what it missed: a job that is new
//             or was asleep starts where the queue stands now. In real life
//             this was Linux's CFS (2007 to 2023); search for "EEVDF" for its
//             successor.
// INVARIANTS  I1. The job with the least virtual run time is next; of equals,
//                 the one that became ready first.
//             I2. Where the queue stands never goes back.
//             I3. Of two jobs that were ready all the time, neither is ahead
//                 of the other by more than one quantum by weight.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      A quantum or weight of zero is a bug: assert.
// LEFT OUT    Preempting for a job that wakes: it waits for the end of a slice.
//             Slices that shrink as the queue grows. Groups of jobs.
// READ NEXT   scheduler/cpu_sim/simulator.h
#ifndef SCHEDULER_CPU_SIM_FAIR_SHARE_H_
#define SCHEDULER_CPU_SIM_FAIR_SHARE_H_

#include <algorithm>
#include <cassert>

#include "scheduler/cpu_sim/policy.h"
#include "scheduler/cpu_sim/stable_heap.h"

namespace scheduler::cpu_sim {

class FairShare final : public Policy {
 public:
  explicit FairShare(Duration quantum) : quantum_(quantum) {
    assert(quantum > Duration::zero() && "a slice lasts longer than nothing");
  }

  bool empty() const override { return heap_.empty(); }
  void push(Job& job, Entry entry, TimePoint) override {
    if (entry == Entry::kArrived || entry == Entry::kWoken) {
      job.vruntime = std::max(job.vruntime, front_);
    }
    heap_.push(job.vruntime.count(), job);
  }
  Job& pop() override {
    Job& job = heap_.pop();
    front_ = std::max(front_, job.vruntime);  // [I2]
    return job;
  }

  Duration slice(Job&) override { return quantum_; }
  void charge(Job& job, Duration ran) override {
    assert(job.spec->share > 0 && "a job without weight would never run");
    job.vruntime += ran / job.spec->share;
  }

  // Each queue has a front of its own: what counts is the distance to it.
  void leave(Job& job) override { job.vruntime -= front_; }
  void join(Job& job) override { job.vruntime += front_; }

 private:
  const Duration quantum_;
  Duration front_{};  // the greatest virtual run time that was chosen so far
  StableHeap heap_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_FAIR_SHARE_H_
