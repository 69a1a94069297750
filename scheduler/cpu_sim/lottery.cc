#include "scheduler/cpu_sim/lottery.h"

#include <cassert>

namespace scheduler::cpu_sim {

Lottery::Lottery(Duration quantum, uint64_t seed)
    : quantum_(quantum), dice_(seed), jobs_(1), sums_(2) {
  assert(quantum > Duration::zero() && "a slice lasts longer than nothing");
}

void Lottery::push(Job& job, Entry, TimePoint) {
  assert(job.share > 0 && "a job without tickets would never run");
  grow_to(job.id + 1);
  jobs_[job.id] = &job;
  add(job.id, job.share);
}

Job& Lottery::pop() {
  assert(!empty() && "nothing is ready");
  // The remainder favours small numbers by less than one in 2^32.
  const auto ticket =
      static_cast<int64_t>(dice_() % static_cast<uint64_t>(total_));
  const size_t index = owner_of(ticket);
  Job& job = *jobs_[index];
  add(index, -job.share);
  return job;
}

// Doubling adds a node for each new place; only the last of them spans the
// old ones, and it holds all their tickets.
void Lottery::grow_to(size_t jobs) {
  while (jobs_.size() < jobs) {
    jobs_.resize(jobs_.size() * 2);
    sums_.resize(jobs_.size() + 1);
    sums_.back() = total_;
  }
}

void Lottery::add(size_t index, int64_t tickets) {
  total_ += tickets;
  for (size_t node = index + 1; node < sums_.size(); node += node & -node) {
    sums_[node] += tickets;
  }
}

size_t Lottery::owner_of(int64_t ticket) const {
  size_t node = 0;
  for (size_t step = jobs_.size(); step > 0; step /= 2) {
    if (node + step < sums_.size() && sums_[node + step] <= ticket) {
      node += step;
      ticket -= sums_[node];
    }
  }
  return node;
}

}  // namespace scheduler::cpu_sim
