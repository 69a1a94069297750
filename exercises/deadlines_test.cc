// Some schedules by hand, then many by seed against a model that walks from
// unit to unit and looks through everybody.
#include "exercises/deadlines.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/cpu_sim/job.h"
#include "scheduler/cpu_sim/simulator.h"
#include "scheduler/cpu_sim/workload.h"

namespace exercises {
namespace {

using namespace scheduler::cpu_sim;

// When each job ends, in units.
std::vector<int> ends_of(const Workload& jobs, int slack) {
  scheduler::ManualClock clock;
  Simulator simulator(
      jobs, {}, [&] { return make_deadlines(slack); }, clock);
  simulator.run();
  std::vector<int> ends;
  for (const Job& job : simulator.jobs()) {
    ends.push_back(
        static_cast<int>((job.finished - scheduler::TimePoint()) / kUnit));
  }
  return ends;
}
std::vector<int> ends_of(const std::string& jobs, int slack) {
  return ends_of(parse_workload(jobs), slack);
}

using Ends = std::vector<int>;

TEST(Deadlines, AJobThatIsDueEarlierInterrupts) {
  EXPECT_EQ(ends_of("A:0:10,B:2:1", 3), (Ends{11, 3}));
}

TEST(Deadlines, OneThatIsDueLaterOrAtTheSameTimeDoesNot) {
  EXPECT_EQ(ends_of("A:0:5,B:2:5", 3), (Ends{5, 10}));
  EXPECT_EQ(ends_of("A:0:5,B:3:4", 3), (Ends{5, 9}));
}

TEST(Deadlines, WhoGaveWayKeepsItsDeadline) {
  // A is due at 8, B at 5, C at 9 although it is shorter than what A has left.
  EXPECT_EQ(ends_of("A:0:4,B:1:2,C:3:3", 2), (Ends{6, 3, 9}));
}

TEST(Deadlines, EachBurstHasADeadlineOfItsOwn) {
  // B is back at 3 and due at 5; A, who came at 0, is due at 20.
  EXPECT_EQ(ends_of("A:0:10,B:0:1+2+1", 2), (Ends{12, 4}));
}

class Model {
 public:
  Model(const Workload& jobs, int slack) : slack_(slack) {
    for (const JobSpec& spec : jobs) {
      jobs_.push_back({.spec = &spec, .left = in_units(spec.bursts[0])});
    }
  }

  std::vector<int> run() {
    for (int now = 0; ended_ < jobs_.size(); ++now) {
      tick(now);
    }
    std::vector<int> ends;
    for (const Entity& job : jobs_) {
      ends.push_back(job.end);
    }
    return ends;
  }

 private:
  struct Entity {
    const JobSpec* spec;
    int left;  // of the CPU burst
    size_t burst = 0;
    int due = 0;
    int back = 0;  // from its device
    int end = 0;
  };
  static int in_units(scheduler::Duration duration) {
    return static_cast<int>(duration / kUnit);
  }

  void join(Entity& job, int now) {
    job.left = in_units(job.spec->bursts[job.burst]);
    job.due = now + slack_ * job.left;
    waiting_.push_back(&job);
  }
  // The earliest, and of equals the first that joined.
  std::vector<Entity*>::iterator best() {
    return std::min_element(
        waiting_.begin(), waiting_.end(),
        [](const Entity* a, const Entity* b) { return a->due < b->due; });
  }
  void take_best() {
    const auto chosen = best();
    running_ = *chosen;
    waiting_.erase(chosen);
  }

  void tick(int now) {
    for (Entity& job : jobs_) {
      if (in_units(job.spec->arrival) == now) {
        join(job, now);
      }
    }
    for (Entity* job : away_) {
      if (job->back == now) {
        join(*job, now);
      }
    }
    std::erase_if(away_, [&](const Entity* job) { return job->back == now; });
    if (running_ != nullptr && running_->left == 0) {
      end_burst(now);
    }
    if (running_ == nullptr && !waiting_.empty()) {
      take_best();
    } else if (running_ != nullptr && !waiting_.empty() &&
               (*best())->due < running_->due) {
      Entity* const ousted = running_;
      take_best();
      waiting_.push_back(ousted);
    }
    if (running_ != nullptr) {
      --running_->left;
    }
  }

  void end_burst(int now) {
    if (++running_->burst == running_->spec->bursts.size()) {
      running_->end = now;
      ++ended_;
    } else {
      running_->back = now + in_units(running_->spec->bursts[running_->burst]);
      ++running_->burst;
      away_.push_back(running_);
    }
    running_ = nullptr;
  }

  const int slack_;
  std::vector<Entity> jobs_;
  std::vector<Entity*> waiting_;  // in order of joining
  std::vector<Entity*> away_;     // in order of going
  Entity* running_ = nullptr;
  size_t ended_ = 0;
};

TEST(Deadlines, AgreeWithAModelThatLooksThroughEverybody) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    const auto roll = [&](int low, int high) {
      return low +
             static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
    };
    Workload jobs;
    for (int count = roll(1, 7); count > 0; --count) {
      JobSpec job;
      job.name = std::string(1, static_cast<char>('A' + jobs.size()));
      job.arrival = roll(0, 12) * kUnit;
      for (int waits = roll(0, 2); waits > 0; --waits) {
        job.bursts.push_back(roll(1, 6) * kUnit);
        job.bursts.push_back(roll(1, 5) * kUnit);
      }
      job.bursts.push_back(roll(1, 8) * kUnit);
      jobs.push_back(job);
    }
    const int slack = roll(1, 4);
    ASSERT_EQ(ends_of(jobs, slack), Model(jobs, slack).run())
        << "seed " << seed << ", slack " << slack << ", jobs " << text_of(jobs);
  }
}

}  // namespace
}  // namespace exercises
