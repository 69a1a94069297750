// scheduler/cpu_sim/mlfq.h - levels that find out who is interactive.
//
// CONCEPT     Short jobs first, without knowing the future: everybody starts
//             on the top level; who uses up its time there is demoted to one
//             where turns are rarer and longer. A job that computes sinks, one
//             that waits for a keyboard stays up. Two holes are closed:
//               gaming     time is added up over many short turns, so giving
//                          the CPU back just in time does not help
//               starving   every `boost` all jobs return to the top; what was
//                          a number-cruncher may have become a dialogue
//
//               level 0  [A]->[B]     turns of 1 quantum
//               level 1  [C]          turns of 2
//               level 2  [D]->[E]     turns of 4, forever
// INVARIANTS  I1. A job runs only while no higher level has one ready.
//             I2. Within a level: first come, first served; preempted and
//                 expired jobs join at the end.
//             I3. A job stays on a level (not the last) for `quantum x
//                 2^level` of CPU time between boosts, never longer.
//             I4. At a boost, level by level joins the end of the top one;
//                 running and waiting jobs are on top as well, and the slice
//                 that is under way is not counted.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      Options out of range are a bug: assert.
// LEFT OUT    Advice by the user ("nice").
// READ NEXT   scheduler/cpu_sim/lottery.h
#ifndef SCHEDULER_CPU_SIM_MLFQ_H_
#define SCHEDULER_CPU_SIM_MLFQ_H_

#include <cstdint>
#include <vector>

#include "scheduler/cpu_sim/policy.h"
#include "scheduler/run_queue.h"

namespace scheduler::cpu_sim {

class Mlfq final : public Policy {
 public:
  // `boost` zero: never.
  Mlfq(int levels, Duration quantum, Duration boost);

  bool empty() const override { return first_ == levels_.size(); }
  void push(Job& job, Entry entry, TimePoint now) override;
  Job& pop() override;

  Duration slice(Job& job) override;
  void charge(Job& job, Duration ran) override;

  bool preemptive() const override { return true; }
  Rank rank(const Job& job, TimePoint) const override { return level_of(job); }
  Rank best_waiting(TimePoint) const override {
    return static_cast<Rank>(first_);
  }

  TimePoint next_boost() const override { return next_boost_; }
  void boost(TimePoint now) override;

  // Where the job stands, boosts included.
  int level_of(const Job& job) const {
    return job.boosts == boosts_ ? job.level : 0;
  }

 private:
  Duration allotment(int level) const {
    return quantum_ * (int64_t{1} << level);
  }
  // A boost touches no job. Each finds out when it is next looked at, by
  // comparing the number of boosts it has seen: O(levels) and not O(n).
  void catch_up(Job& job) const;

  const Duration quantum_;
  const Duration boost_every_;
  std::vector<RunQueue<Job>> levels_;
  size_t first_;  // the highest level with a job; levels_.size() if none
  uint32_t boosts_ = 0;
  TimePoint next_boost_;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_MLFQ_H_
