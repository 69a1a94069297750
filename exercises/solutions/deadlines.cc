#include "exercises/deadlines.h"

#include <cstdint>
#include <set>

#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"

namespace exercises {

namespace {

using namespace scheduler::cpu_sim;
using scheduler::TimePoint;

class Deadlines final : public Policy {
 public:
  explicit Deadlines(int slack) : slack_(slack) {}

  bool empty() const override { return queue_.empty(); }
  void push(Job& job, Entry entry, TimePoint now) override {
    if (entry != Entry::kPreempted) {
      job.rank = (now + slack_ * job.remaining).time_since_epoch().count();
    }
    queue_.insert({job.rank, joined_++, &job});
  }
  Job& pop() override {
    Job& job = *queue_.begin()->job;
    queue_.erase(queue_.begin());
    return job;
  }

  bool preemptive() const override { return true; }
  // A deadline stands still, whether its job runs or waits.
  Rank rank(const Job& job, TimePoint) const override { return job.rank; }
  Rank best_waiting(TimePoint) const override { return queue_.begin()->rank; }

 private:
  struct Place {
    Rank rank;
    uint64_t joined;  // breaks ties [I1]
    Job* job;
    auto operator<=>(const Place&) const = default;
  };
  const int slack_;
  std::set<Place> queue_;
  uint64_t joined_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_deadlines(int slack) {
  return std::make_unique<Deadlines>(slack);
}

}  // namespace exercises
