// scheduler/cpu_sim/lottery.h - a ticket is drawn, its owner runs.
//
// CONCEPT     Each job holds tickets; at each turn one ticket of those that
//             wait is drawn. Over many turns a job gets CPU time in proportion
//             to its tickets, without any account of the past, and whoever
//             waits may win the next draw, so none starves for long. The price
//             is luck: over few turns shares may be far off.
//
//             To find the owner of ticket 731 fast, sums of tickets are kept
//             in a Fenwick tree: node i holds the sum of the i & -i jobs that
//             end at i, and a draw walks down from the biggest node.
// IN PYTHON   random.choices(jobs, weights=tickets)
// INVARIANTS  I1. Tickets are numbered in order of the jobs' listing.
//             I2. Same seed, same draws: one per turn, even for a single job.
// THREADS     One.
// OWNERSHIP   Borrows its jobs.
// ERRORS      A job without tickets, a quantum of zero: assert.
// LEFT OUT    Ticket currencies and lending tickets to whom one waits for.
// READ NEXT   scheduler/cpu_sim/fair_share.h
#ifndef SCHEDULER_CPU_SIM_LOTTERY_H_
#define SCHEDULER_CPU_SIM_LOTTERY_H_

#include <cstdint>
#include <random>
#include <vector>

#include "scheduler/cpu_sim/policy.h"

namespace scheduler::cpu_sim {

class Lottery final : public Policy {
 public:
  Lottery(Duration quantum, uint64_t seed);

  bool empty() const override { return total_ == 0; }
  void push(Job& job, Entry entry, TimePoint now) override;
  Job& pop() override;
  Duration slice(Job&) override { return quantum_; }

 private:
  void grow_to(size_t jobs);
  void add(size_t index, int64_t tickets);
  size_t owner_of(int64_t ticket) const;

  const Duration quantum_;
  std::mt19937_64 dice_;  // the standard fixes its numbers on all machines
  int64_t total_ = 0;
  std::vector<Job*> jobs_;     // by id; its size is a power of two
  std::vector<int64_t> sums_;  // the tree; sums_[0] is not used
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_LOTTERY_H_
