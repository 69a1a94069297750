#include "scheduler/cpu_sim/mlfq.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace scheduler::cpu_sim {

Mlfq::Mlfq(int levels, Duration quantum, Duration boost)
    : quantum_(quantum),
      boost_every_(boost),
      levels_(static_cast<size_t>(levels)),
      first_(levels_.size()),
      next_boost_(boost == Duration::zero() ? TimePoint::max()
                                            : TimePoint(boost)) {
  assert(levels >= 1 && levels <= 16 && "between 1 and 16 levels");
  assert(quantum > Duration::zero() && "a slice lasts longer than nothing");
  assert(boost >= Duration::zero() && "a boost cannot be in the past");
}

void Mlfq::catch_up(Job& job) const {
  if (job.boosts != boosts_) {
    job.boosts = boosts_;
    job.level = 0;
    job.used = Duration::zero();
  }
}

void Mlfq::push(Job& job, Entry, TimePoint) {
  catch_up(job);
  if (job.used >= allotment(job.level)) {
    job.used = Duration::zero();
    const int last = static_cast<int>(levels_.size()) - 1;
    job.level = std::min(job.level + 1, last);  // [I3]
  }
  const auto level = static_cast<size_t>(job.level);
  levels_[level].push(job);
  first_ = std::min(first_, level);
}

Job& Mlfq::pop() {
  assert(!empty() && "nothing is ready");
  Job& job = levels_[first_].pop();
  while (first_ < levels_.size() && levels_[first_].empty()) {
    ++first_;
  }
  return job;
}

Duration Mlfq::slice(Job& job) {
  catch_up(job);
  return allotment(job.level) - job.used;
}

void Mlfq::charge(Job& job, Duration ran) {
  if (job.boosts == boosts_) {
    job.used += ran;
  } else {
    catch_up(job);  // what it ran before the boost is forgiven [I4]
  }
}

void Mlfq::boost(TimePoint now) {
  for (size_t level = 1; level < levels_.size(); ++level) {
    levels_[0].append(std::move(levels_[level]));
  }
  first_ = levels_[0].empty() ? levels_.size() : 0;
  ++boosts_;
  // Several may be due after a pause in which nothing happened: one is enough.
  const auto passed = now.time_since_epoch() / boost_every_;
  next_boost_ = TimePoint(boost_every_ * (passed + 1));
}

}  // namespace scheduler::cpu_sim
