#include "scheduler/cpu_sim/simulator.h"

#include <algorithm>
#include <cassert>

namespace scheduler::cpu_sim {

namespace {

int64_t ticks(TimePoint time) {
  return time.time_since_epoch().count();
}

// Bursts alternate and none is empty, or time would stand still.
[[maybe_unused]] bool well_formed(const JobSpec& spec) {
  return spec.bursts.size() % 2 == 1 && spec.arrival >= Duration::zero() &&
         std::all_of(spec.bursts.begin(), spec.bursts.end(),
                     [](Duration burst) { return burst > Duration::zero(); });
}

}  // namespace

Simulator::Simulator(const Workload& workload, const Machine& machine,
                     const MakePolicy& make_policy, ManualClock& clock,
                     Observer* observer)
    : machine_(machine),
      clock_(clock),
      observer_(observer),
      jobs_(workload.size()),
      cpus_(static_cast<size_t>(machine.cpus)),
      ends_(machine.cpus),
      weakest_(machine.cpus),
      idle_(machine.cpus),
      has_waiting_(machine.cpus) {
  assert(machine.cpus >= 1 && "a machine has a CPU");
  assert(clock.now() == TimePoint{} && "arrivals count from zero");
  for (size_t i = 0; i < workload.size(); ++i) {
    assert(well_formed(workload[i]) && "CPU, I/O, CPU, ... none of them empty");
    jobs_[i] = new_job(workload[i], static_cast<TaskId>(i));
    arrivals_.push_back(&jobs_[i]);
  }
  std::stable_sort(arrivals_.begin(), arrivals_.end(),
                   [](const Job* a, const Job* b) {
                     return a->spec->arrival < b->spec->arrival;
                   });
  const size_t queues = shared() ? 1 : cpus_.size();
  for (size_t i = 0; i < queues; ++i) {
    queues_.push_back(make_policy());
  }
  preemptive_ = queues_.front()->preemptive();
  next_boost_ = queues_.front()->next_boost();
  for (int number = 0; number < machine.cpus; ++number) {
    idle_.insert(number);
  }
}

TimePoint Simulator::next_event() const {
  TimePoint next = TimePoint::max();
  if (arrived_ < arrivals_.size()) {
    next = TimePoint(arrivals_[arrived_]->spec->arrival);
  }
  if (!in_io_.empty()) {
    next = std::min(next, TimePoint(Duration(in_io_.top_key())));
  }
  if (!ends_.empty()) {
    next = std::min(next, TimePoint(Duration(ends_.top_key())));
  }
  return next;
}

bool Simulator::step() {
  const TimePoint now = next_event();
  if (now == TimePoint::max()) {
    return false;
  }
  clock_.sleep_until(now);
  if (now >= next_boost_) {
    boost();
  }
  while (arrived_ < arrivals_.size() &&
         TimePoint(arrivals_[arrived_]->spec->arrival) == now) {
    arrive(*arrivals_[arrived_++]);
  }
  while (!in_io_.empty() && in_io_.top_key() == ticks(now)) {
    wake(in_io_.pop());
  }
  while (!ends_.empty() && ends_.top_key() == ticks(now)) {
    reach_end(ends_.top());
  }
  if (shared()) {
    choose_from_shared_queue();
  } else {
    choose_from_own_queues();
  }
  for (const int number : starting_) {
    begin(number);
  }
  touched_.clear();
  starting_.clear();
  return true;
}

void Simulator::boost() {
  for (const std::unique_ptr<Policy>& queue : queues_) {
    queue->boost(clock_.now());
  }
  next_boost_ = queues_.front()->next_boost();
  for (int number = 0; number < machine_.cpus; ++number) {
    if (weakest_.contains(number)) {
      weakest_.set(number,
                   -queue_of(number).rank(*cpu(number).job, cpu(number).since));
    }
  }
}

void Simulator::arrive(Job& job) {
  ++usage_.events;
  if (observer_ != nullptr) {
    observer_->created(job.id, job.spec->name);
  }
  advance(job.state, TaskState::kReady);
  const auto dealt = (arrived_ - 1) % cpus_.size();
  enqueue(static_cast<int>(dealt), job, Entry::kArrived);
}

void Simulator::wake(Job& job) {
  ++usage_.events;
  if (observer_ != nullptr) {
    observer_->woken(job.id);
  }
  advance(job.state, TaskState::kReady);
  enqueue(job.cpu, job, Entry::kWoken);
}

// A switch is done, a slice is over, or a burst.
void Simulator::reach_end(int number) {
  ++usage_.events;
  Cpu& here = cpu(number);
  Job& job = *here.job;
  ends_.erase(number);
  touched_.push_back(number);
  if (!here.running) {
    account(here);
    starting_.push_back(number);
    // From now on it may be ousted, even before its first instruction.
    if (preemptive_) {
      weakest_.set(number, -queue_of(number).rank(job, here.since));
    }
    return;
  }
  account(here);
  free(number);
  if (job.remaining > Duration::zero()) {
    here.leaving = &job;  // it may be the next again [I5]
    enqueue(number, job, Entry::kExpired);
  } else if (++job.burst == job.spec->bursts.size()) {
    advance(job.state, TaskState::kTerminated);
    job.finished = clock_.now();
    if (observer_ != nullptr) {
      observer_->finished(job.id);
    }
  } else {
    const Duration io = job.spec->bursts[job.burst];
    job.remaining = job.spec->bursts[++job.burst];
    advance(job.state, TaskState::kWaiting);
    in_io_.push(ticks(clock_.now() + io), job);
    if (observer_ != nullptr) {
      observer_->suspended(job.id, Reason::kIo, Decider::kTask);
    }
  }
}

// Books the time since the CPU's last event, as running or as switching.
void Simulator::account(Cpu& here) {
  const Duration passed = clock_.now() - here.since;
  here.since = clock_.now();
  if (!here.running) {
    usage_.switching += passed;
    return;
  }
  usage_.running += passed;
  here.job->remaining -= passed;
  queue_of(here.job->cpu).charge(*here.job, passed);
}

void Simulator::free(int number) {
  cpu(number).job = nullptr;
  cpu(number).running = false;
  ends_.erase(number);
  weakest_.erase(number);
  idle_.insert(number);
}

void Simulator::enqueue(int number, Job& job, Entry entry) {
  job.ready_since = clock_.now();
  queue_of(number).push(job, entry, clock_.now());
  if (!shared()) {
    has_waiting_.insert(number);
    touched_.push_back(number);
  }
}

Job& Simulator::dequeue(int number) {
  Job& job = queue_of(number).pop();
  if (!shared() && queue_of(number).empty()) {
    has_waiting_.erase(number);
  }
  return job;
}

void Simulator::choose_from_shared_queue() {
  while (!idle_.empty() && !queues_[0]->empty()) {
    Job& job = dequeue(0);
    const bool back = job.cpu >= 0 && idle_.contains(job.cpu);
    assign(back ? job.cpu : idle_.first(), job);
  }
  while (preemptive_ && !queues_[0]->empty() && !weakest_.empty() &&
         queues_[0]->best_waiting(clock_.now()) < -weakest_.top_key()) {
    preempt_for_waiting(weakest_.top());
  }
}

void Simulator::choose_from_own_queues() {
  for (const int number : touched_) {
    if (idle_.contains(number) && !queue_of(number).empty()) {
      assign(number, dequeue(number));
    }
  }
  if (machine_.queues == Queues::kStealing) {
    steal();
  }
  // By index: a preemption touches its CPU once more.
  for (size_t i = 0; preemptive_ && i < touched_.size(); ++i) {
    const int number = touched_[i];
    if (!queue_of(number).empty() && weakest_.contains(number) &&
        queue_of(number).best_waiting(clock_.now()) < -weakest_.key(number)) {
      preempt_for_waiting(number);
    }
  }
}

void Simulator::steal() {
  while (!idle_.empty() && !has_waiting_.empty()) {
    const int thief = idle_.first();
    const int victim = has_waiting_.next_from(thief);
    Job& job = dequeue(victim);
    queue_of(victim).leave(job);
    queue_of(thief).join(job);
    ++usage_.steals;
    assign(thief, job);
  }
}

void Simulator::preempt_for_waiting(int number) {
  Job& better = dequeue(number);
  Cpu& here = cpu(number);
  Job& ousted = *here.job;
  account(here);
  free(number);
  if (ousted.state == TaskState::kRunning) {
    ++usage_.preemptions;
    advance(ousted.state, TaskState::kReady);
    if (observer_ != nullptr) {
      observer_->suspended(ousted.id, Reason::kPreempted, Decider::kSystem);
    }
  } else {  // switched to, but ousted before its first instruction
    ousted.waited += clock_.now() - ousted.ready_since;
  }
  enqueue(number, ousted, Entry::kPreempted);
  assign(number, better);
}

Duration Simulator::switch_cost(Cpu& here, const Job& job) {
  if (here.last == nullptr || here.last == &job) {
    return Duration::zero();
  }
  if (job.process >= 0 && job.process == here.last->process) {
    ++usage_.thread_switches;
    return machine_.thread_switch;
  }
  ++usage_.process_switches;
  return machine_.process_switch;
}

// The CPU takes up the job; whoever had its slice end there is now switched
// out for good.
void Simulator::assign(int number, Job& job) {
  Cpu& here = cpu(number);
  if (here.leaving != nullptr && here.leaving != &job) {
    advance(here.leaving->state, TaskState::kReady);
    if (observer_ != nullptr) {
      observer_->suspended(here.leaving->id, Reason::kQuantum,
                           Decider::kSystem);
    }
  }
  const Duration cost = switch_cost(here, job);
  here = {.job = &job, .last = &job, .since = clock_.now()};
  job.cpu = number;
  idle_.erase(number);
  if (cost > Duration::zero()) {
    ends_.set(number, ticks(clock_.now() + cost));
    return;
  }
  starting_.push_back(number);
  if (preemptive_) {
    weakest_.set(number, -queue_of(number).rank(job, here.since));
  }
}

// A CPU may stand in the list twice, or have been given another job since.
void Simulator::begin(int number) {
  Cpu& here = cpu(number);
  if (here.job == nullptr || here.running || ends_.contains(number)) {
    return;
  }
  Job& job = *here.job;
  here.running = true;
  if (job.state != TaskState::kRunning) {
    advance(job.state, TaskState::kRunning);
    job.waited += clock_.now() - job.ready_since;
    if (!job.has_run) {
      job.has_run = true;
      job.first_run = clock_.now();
    }
    if (observer_ != nullptr) {
      observer_->running(job.id);
    }
  }
  const Duration slice = std::min(queue_of(number).slice(job), job.remaining);
  ends_.set(number, ticks(clock_.now() + slice));
}

}  // namespace scheduler::cpu_sim
