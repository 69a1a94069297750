// scheduler/cpu_sim/priority.h - the urgent first, and the patient grow urgent.
//
// CONCEPT     The most urgent ready job runs. Alone, that starves: a job of low
//             priority waits for as long as others come. *Ageing* mends it:
//             for every `age_step` of waiting a job climbs by one. All that
//             wait climb at the same speed, so their order never changes, and
//             one number fixed at the beginning says it all:
//
//               rank = when it became ready + priority x age_step
//
//             Nothing is ever updated; a kernel that adds one to every waiting
//             job at each tick pays O(n) for the same order. Read it as: a job
//             of priority p is overtaken only by more urgent ones that come
//             within p steps after it. Without ageing the rank is the priority.
// INVARIANTS  I1. Equal ranks run in order of becoming ready.
//             I2. With ageing, a ready job of priority p waits for no job that
//                 became ready more than p x age_step after it.
//             I3. A preempted job keeps its rank; after a full slice, or I/O,
//                 it begins anew.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      Options out of range are a bug: assert.
// LEFT OUT    Inheriting the priority of whoever waits for a lock we hold.
// READ NEXT   scheduler/cpu_sim/mlfq.h
#ifndef SCHEDULER_CPU_SIM_PRIORITY_H_
#define SCHEDULER_CPU_SIM_PRIORITY_H_

#include <cassert>

#include "scheduler/cpu_sim/policy.h"
#include "scheduler/cpu_sim/stable_heap.h"

namespace scheduler::cpu_sim {

class Priority final : public Policy {
 public:
  // `age_step` zero: no ageing.
  Priority(Duration quantum, Duration age_step)
      : quantum_(quantum), age_step_(age_step) {
    assert(quantum > Duration::zero() && "a slice lasts longer than nothing");
    assert(age_step >= Duration::zero() && "nobody grows younger");
  }

  bool empty() const override { return heap_.empty(); }
  void push(Job& job, Entry entry, TimePoint now) override {
    if (entry != Entry::kPreempted) {  // [I3]
      job.rank =
          age_step_ == Duration::zero()
              ? job.priority
              : (now + job.priority * age_step_).time_since_epoch().count();
    }
    heap_.push(job.rank, job);
  }
  Job& pop() override { return heap_.pop(); }

  Duration slice(Job&) override { return quantum_; }
  bool preemptive() const override { return true; }
  Rank rank(const Job& job, TimePoint) const override { return job.rank; }
  Rank best_waiting(TimePoint) const override { return heap_.top_key(); }

 private:
  const Duration quantum_;
  const Duration age_step_;
  StableHeap heap_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_PRIORITY_H_
