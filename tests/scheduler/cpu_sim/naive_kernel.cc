#include "tests/scheduler/cpu_sim/naive_kernel.h"

#include <algorithm>
#include <limits>
#include <random>

namespace scheduler::cpu_sim {

namespace {

constexpr int kNever = std::numeric_limits<int>::max();

int in_units(Duration duration) {
  return static_cast<int>(duration / kUnit);
}

struct NaiveJob {
  const JobSpec* spec = nullptr;
  int id = 0;
  size_t burst = 0;
  int left = 0;        // of the CPU burst
  int io_until = -1;   // -1: not in I/O
  int io_order = 0;    // the how-many-eth I/O of all it is
  int cpu = -1;        // the last one
  int aging_from = 0;  // priority
  int64_t vruntime = 0;
  int level = 0;
  int used = 0;
  bool boosted_in_slice = false;
};

struct NaiveCpu {
  NaiveJob* job = nullptr;
  NaiveJob* last = nullptr;
  int switch_left = 0;
  int ran = 0;
  int slice = -1;  // -1: not begun
};

class NaiveKernel {
 public:
  NaiveKernel(const Workload& workload, std::string_view policy,
              const Knobs& knobs, const Machine& machine)
      : policy_(policy),
        knobs_(knobs),
        machine_(machine),
        jobs_(workload.size()),
        cpus_(static_cast<size_t>(machine.cpus)),
        ready_(cpus_.size()),
        fronts_(cpus_.size()),
        rows_(cpus_.size()) {
    for (size_t i = 0; i < jobs_.size(); ++i) {
      jobs_[i].spec = &workload[i];
      jobs_[i].id = static_cast<int>(i);
      jobs_[i].left = in_units(workload[i].bursts[0]);
    }
    dice_.assign(cpus_.size(), std::mt19937_64(knobs.seed));
  }

  std::vector<std::string> rows() {
    size_t ended = 0;
    for (int now = 0; ended < jobs_.size(); ++now) {
      now_ = now;
      boost();
      arrive();
      wake();
      ended += end_bursts_and_slices();
      choose();
      steal();
      preempt();
      run_one_unit();
    }
    for (std::string& row : rows_) {
      row.erase(row.find_last_not_of('.') + 1);
    }
    return rows_;
  }

 private:
  bool shared() const { return machine_.queues == Queues::kShared; }
  size_t queue_of(size_t cpu) const { return shared() ? 0 : cpu; }
  bool is(std::string_view name) const { return policy_ == name; }

  void boost() {
    const int every = in_units(knobs_.boost);
    if (!is("mlfq") || every == 0 || now_ == 0 || now_ % every != 0) {
      return;
    }
    for (std::vector<NaiveJob*>& queue : ready_) {
      std::stable_sort(queue.begin(), queue.end(),
                       [](const NaiveJob* a, const NaiveJob* b) {
                         return a->level < b->level;
                       });
    }
    for (NaiveJob& job : jobs_) {
      job.level = 0;
      job.used = 0;
    }
    for (NaiveCpu& cpu : cpus_) {
      if (cpu.job != nullptr && cpu.slice >= 0) {
        cpu.job->boosted_in_slice = true;
      }
    }
  }

  void join(size_t queue, NaiveJob& job, Entry entry) {
    if (entry != Entry::kPreempted) {
      job.aging_from = now_;
    }
    if (entry == Entry::kArrived) {
      job.vruntime = fronts_[queue] + knobs_.quantum.count() / job.spec->share;
    }
    if (entry == Entry::kWoken) {
      job.vruntime = std::max(job.vruntime, fronts_[queue]);
    }
    const int allotment = in_units(knobs_.quantum) << job.level;
    if (job.used >= allotment) {
      job.used = 0;
      job.level = std::min(job.level + 1, knobs_.levels - 1);
    }
    ready_[queue].push_back(&job);
  }

  void arrive() {
    for (NaiveJob& job : jobs_) {
      if (in_units(job.spec->arrival) == now_) {
        join(queue_of(static_cast<size_t>(arrived_) % cpus_.size()), job,
             Entry::kArrived);
        ++arrived_;
      }
    }
  }

  void wake() {
    std::vector<NaiveJob*> done;
    for (NaiveJob& job : jobs_) {
      if (job.io_until == now_) {
        done.push_back(&job);
      }
    }
    std::sort(done.begin(), done.end(),
              [](const NaiveJob* a, const NaiveJob* b) {
                return a->io_order < b->io_order;
              });
    for (NaiveJob* job : done) {
      job->io_until = -1;
      join(queue_of(static_cast<size_t>(job->cpu)), *job, Entry::kWoken);
    }
  }

  // What a job used since it began is booked when it stops.
  void book(NaiveCpu& cpu) {
    NaiveJob& job = *cpu.job;
    job.vruntime += cpu.ran * kUnit.count() / job.spec->share;
    const size_t queue = queue_of(static_cast<size_t>(job.cpu));
    int64_t least = job.vruntime;
    for (const NaiveJob* other : ready_[queue]) {
      least = std::min(least, other->vruntime);
    }
    fronts_[queue] = std::max(fronts_[queue], least);
    if (!job.boosted_in_slice) {
      job.used += cpu.ran;
    }
    job.boosted_in_slice = false;
    cpu.ran = 0;
    cpu.slice = -1;
  }

  size_t end_bursts_and_slices() {
    size_t ended = 0;
    for (size_t i = 0; i < cpus_.size(); ++i) {
      NaiveCpu& cpu = cpus_[i];
      if (cpu.job == nullptr || cpu.slice < 0) {
        continue;
      }
      NaiveJob& job = *cpu.job;
      if (job.left > 0 && cpu.ran < cpu.slice) {
        continue;
      }
      book(cpu);
      cpu.job = nullptr;
      if (job.left > 0) {
        join(queue_of(i), job, Entry::kExpired);
      } else if (++job.burst == job.spec->bursts.size()) {
        ++ended;
      } else {
        job.io_until = now_ + in_units(job.spec->bursts[job.burst]);
        job.io_order = io_count_++;
        job.left = in_units(job.spec->bursts[++job.burst]);
      }
    }
    return ended;
  }

  // True if a is to run rather than b, of two that wait. Or if a, which waits,
  // takes the CPU of b.
  bool outranks(const NaiveJob& a, const NaiveJob& b) const {
    if (is("sjf") || is("stcf")) {
      return a.left < b.left;
    }
    if (is("priority")) {
      const int step = in_units(knobs_.age_step);
      const auto urgency = [&](const NaiveJob& job) {
        return step == 0 ? job.spec->priority
                         : job.spec->priority * step - (now_ - job.aging_from);
      };
      return urgency(a) < urgency(b);
    }
    if (is("mlfq")) {
      return a.level < b.level;
    }
    if (is("fair")) {
      return a.vruntime < b.vruntime;
    }
    return false;
  }

  NaiveJob& take(size_t queue) {
    std::vector<NaiveJob*>& ready = ready_[queue];
    size_t best = 0;
    if (is("lottery")) {
      best = winner(queue);
    } else {
      for (size_t i = 1; i < ready.size(); ++i) {
        if (outranks(*ready[i], *ready[best])) {
          best = i;
        }
      }
    }
    NaiveJob& job = *ready[best];
    ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(best));
    fronts_[queue] = std::max(fronts_[queue], job.vruntime);
    return job;
  }

  size_t winner(size_t queue) {
    std::vector<int> owners;  // one entry per ticket
    for (const NaiveJob& job : jobs_) {
      if (std::count(ready_[queue].begin(), ready_[queue].end(), &job) > 0) {
        owners.insert(owners.end(), static_cast<size_t>(job.spec->share),
                      job.id);
      }
    }
    const int owner = owners[dice_[queue]() % owners.size()];
    size_t place = 0;
    while (ready_[queue][place]->id != owner) {
      ++place;
    }
    return place;
  }

  void give(size_t number, NaiveJob& job) {
    NaiveCpu& cpu = cpus_[number];
    cpu.job = &job;
    cpu.switch_left = 0;
    if (cpu.last != nullptr && cpu.last != &job) {
      const bool threads = job.spec->process >= 0 &&
                           job.spec->process == cpu.last->spec->process;
      cpu.switch_left =
          in_units(threads ? machine_.thread_switch : machine_.process_switch);
    }
    cpu.last = &job;
    job.cpu = static_cast<int>(number);
  }

  void choose() {
    if (!shared()) {
      for (size_t i = 0; i < cpus_.size(); ++i) {
        if (cpus_[i].job == nullptr && !ready_[i].empty()) {
          give(i, take(i));
        }
      }
      return;
    }
    for (;;) {
      std::vector<size_t> idle;
      for (size_t i = 0; i < cpus_.size(); ++i) {
        if (cpus_[i].job == nullptr) {
          idle.push_back(i);
        }
      }
      if (idle.empty() || ready_[0].empty()) {
        return;
      }
      NaiveJob& job = take(0);
      const auto home =
          std::find(idle.begin(), idle.end(), static_cast<size_t>(job.cpu));
      give(home == idle.end() ? idle.front() : *home, job);
    }
  }

  void steal() {
    if (machine_.queues != Queues::kStealing) {
      return;
    }
    for (size_t thief = 0; thief < cpus_.size(); ++thief) {
      for (size_t i = 1; i < cpus_.size() && cpus_[thief].job == nullptr; ++i) {
        const size_t victim = (thief + i) % cpus_.size();
        if (!ready_[victim].empty()) {
          NaiveJob& job = take(victim);
          job.vruntime += fronts_[thief] - fronts_[victim];
          give(thief, job);
        }
      }
    }
  }

  void preempt() {
    if (!is("stcf") && !is("priority") && !is("mlfq")) {
      return;
    }
    for (size_t queue = 0; queue < ready_.size(); ++queue) {
      for (;;) {
        NaiveCpu* weakest = nullptr;
        for (size_t i = 0; i < cpus_.size(); ++i) {
          NaiveCpu& cpu = cpus_[i];
          const bool candidate = queue_of(i) == queue && cpu.job != nullptr &&
                                 cpu.switch_left == 0;
          if (candidate &&
              (weakest == nullptr || outranks(*weakest->job, *cpu.job))) {
            weakest = &cpu;
          }
        }
        if (weakest == nullptr || ready_[queue].empty()) {
          break;
        }
        NaiveJob& better = take(queue);
        if (!outranks(better, *weakest->job)) {
          ready_[queue].insert(ready_[queue].begin(), &better);
          break;
        }
        NaiveJob& ousted = *weakest->job;
        book(*weakest);
        join(queue, ousted, Entry::kPreempted);
        give(static_cast<size_t>(weakest - cpus_.data()), better);
      }
    }
  }

  void run_one_unit() {
    for (size_t i = 0; i < cpus_.size(); ++i) {
      NaiveCpu& cpu = cpus_[i];
      char letter = '.';
      if (cpu.job != nullptr && cpu.switch_left > 0) {
        --cpu.switch_left;
      } else if (cpu.job != nullptr) {
        if (cpu.slice < 0) {
          cpu.slice = slice_of(*cpu.job);
        }
        ++cpu.ran;
        --cpu.job->left;
        letter = cpu.job->spec->name.front();
      }
      rows_[i] += letter;
    }
  }

  int slice_of(const NaiveJob& job) const {
    if (is("fcfs") || is("sjf") || is("stcf")) {
      return kNever;
    }
    if (is("mlfq")) {
      return (in_units(knobs_.quantum) << job.level) - job.used;
    }
    return in_units(knobs_.quantum);
  }

  const std::string policy_;
  const Knobs knobs_;
  const Machine machine_;
  std::vector<NaiveJob> jobs_;
  std::vector<NaiveCpu> cpus_;
  std::vector<std::vector<NaiveJob*>> ready_;  // by queue, in order of joining
  std::vector<int64_t> fronts_;                // fair share, by queue
  std::vector<std::mt19937_64> dice_;          // lottery, by queue
  std::vector<std::string> rows_;
  int now_ = 0;
  int arrived_ = 0;
  int io_count_ = 0;
};

}  // namespace

std::vector<std::string> naive_rows(const Workload& workload,
                                    std::string_view policy, const Knobs& knobs,
                                    const Machine& machine) {
  return NaiveKernel(workload, policy, knobs, machine).rows();
}

}  // namespace scheduler::cpu_sim
