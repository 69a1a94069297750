// scheduler/cpu_sim/fair_share.h - who has had least runs next.
//
// CONCEPT     Each job has a *virtual run time*: its time on the CPU, divided
//             by its weight. The one with the least runs for a quantum and
//             moves to the right; so all advance together, and a job of weight
//             2 gets twice the CPU of a job of weight 1.
//
//               virtual time  ----C---A--B----->    C is next
//
//             Who comes late must not claim what it missed: a job that was
//             asleep starts at the *front*, where the queue stands now, and a
//             new one pays for its first quantum in advance. Without that, a
//             stream of new jobs, each at the front, would starve the old.
//             In real life this was Linux's CFS (2007 to 2023); search for
//             "EEVDF" for its successor.
// INVARIANTS  I1. The job with the least virtual run time is next; of equals,
//                 the one that became ready first.
//             I2. The front never goes back.
//             I3. On one CPU, of jobs that were ready all the time, none is
//                 ahead of another by more than one quantum by weight.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      A quantum of zero, a weight below 1 or above 1000: assert.
// LEFT OUT    Preempting for a job that wakes: it waits for the end of a slice.
//             Slices that shrink as the queue grows. Groups of jobs. Parts of
//             a nanosecond, which a division loses.
// READ NEXT   scheduler/cpu_sim/simulator.h
#ifndef SCHEDULER_CPU_SIM_FAIR_SHARE_H_
#define SCHEDULER_CPU_SIM_FAIR_SHARE_H_

#include <algorithm>
#include <cassert>

#include "scheduler/cpu_sim/job.h"
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
    if (entry == Entry::kArrived) {
      job.vruntime = front_ + by_weight(job, quantum_);
    } else if (entry == Entry::kWoken) {
      job.vruntime = std::max(job.vruntime, front_);
    }
    heap_.push(job.vruntime.count(), job);
  }
  Job& pop() override {
    Job& job = heap_.pop();
    front_ = std::max(front_, job.vruntime);
    return job;
  }

  Duration slice(Job&) override { return quantum_; }
  void charge(Job& job, Duration ran) override {
    job.vruntime += by_weight(job, ran);
    // The last of those that are here, running or waiting. [I2]
    front_ = std::max(front_,
                      heap_.empty()
                          ? job.vruntime
                          : std::min(job.vruntime, Duration(heap_.top_key())));
  }

  // Each queue has a front of its own: what counts is the distance to it.
  void leave(Job& job) override { job.vruntime -= front_; }
  void join(Job& job) override { job.vruntime += front_; }

 private:
  static Duration by_weight(const Job& job, Duration ran) {
    assert(job.share > 0 && "a job without weight would never run");
    assert(job.share <= kLargestShare && "virtual time would stand still");
    return ran / job.share;
  }

  const Duration quantum_;
  Duration front_{};  // the least virtual run time of those that compete
  StableHeap heap_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_FAIR_SHARE_H_
