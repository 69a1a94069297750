#include "ipc/pool_core.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "os/signals.h"

namespace ipc {

PoolCore::PoolCore(size_t processes, std::function<void()> initializer,
                   std::optional<size_t> max_tasks_per_child, OnDeath on_death)
    : processes_(processes),
      initializer_(std::move(initializer)),
      max_tasks_per_child_(max_tasks_per_child),
      on_death_(on_death),
      ring_(processes),
      posted_(ring_.places()),
      unsent_(ring_.places()) {
  if (processes < 1) {
    throw std::invalid_argument("a pool has one worker at least");
  }
  if (max_tasks_per_child == 0) {
    throw std::invalid_argument("a worker does one task at least");
  }
  {
    // Forked before our thread starts, while the process may still have one
    // thread only: the fewer threads, the fewer locks a child finds held.
    const os::MutexLock lock(mu_);
    while (workers_.size() < processes_) {
      add_worker();
    }
  }
  // Signals are for the program's own threads.
  const auto mask = os::ScopedSignalMask::all();
  thread_ = std::thread([this] { run(); });
  thread_id_ = thread_.get_id();
}

void PoolCore::tell(const std::vector<Failure>& failures) {
  for (const Failure& failure : failures) {
    failure.task.job->failed(failure.task.chunk, failure.error);
  }
}

PoolCore::~PoolCore() {
  terminate();
}

std::vector<pid_t> PoolCore::worker_pids() {
  const os::MutexLock lock(mu_);
  std::vector<pid_t> pids;
  for (const auto& [id, worker] : workers_) {
    pids.push_back(worker->process().pid().value());
  }
  return pids;
}

void PoolCore::require_running() const {
  if (broken_) {
    std::rethrow_exception(broken_);
  }
  if (state_ != State::kRunning) {
    throw std::invalid_argument("the pool is not running");
  }
}

void PoolCore::require_stranger(const char* call) const {
  if (std::this_thread::get_id() == thread_id_) {
    throw std::logic_error(std::string(call) +
                           " from a callback would wait for itself");
  }
}

void PoolCore::submit(std::vector<PoolTask> tasks) {
  const os::MutexLock lock(mu_);
  require_running();
  if (workers_.empty()) {
    add_worker();  // or throws: nobody could run the tasks [I4]
  }
  // All of them or, without memory, none. What follows throws nothing.
  ready_.insert(ready_.end(), std::make_move_iterator(tasks.begin()),
                std::make_move_iterator(tasks.end()));
  vain_deaths_ = std::min(vain_deaths_, processes_);  // one more attempt
  // Not all is lost if this adds none: there is one worker.
  add_missing_workers();
  dispatch();
}

void PoolCore::submit_from(std::shared_ptr<PoolJob> job, Source source) {
  const os::MutexLock lock(mu_);
  require_running();
  const auto mask = os::ScopedSignalMask::all();
  source_threads_.start([this, job = std::move(job),
                         source = std::move(source)] { pull(*job, source); });
  ++sources_;  // pull() waits for the lock before it counts down
}

void PoolCore::pull(PoolJob& job, const Source& source) {
  while (std::optional<PoolTask> task = source()) {
    std::vector<Failure> failures;
    {
      const os::MutexLock lock(mu_);
      if (state_ == State::kTerminated) {
        break;
      }
      ready_.push_back(std::move(*task));
      failures = add_missing_workers();
      dispatch();
    }
    tell(failures);
  }
  const os::MutexLock lock(mu_);
  --sources_;
  if (state_ == State::kTerminated) {
    job.abandoned();  // terminate() finds only jobs with a task in the pool
  } else {
    retire_if_done();
  }
}

void PoolCore::cancel_waiting() {
  std::deque<PoolTask> cancelled;
  {
    const os::MutexLock lock(mu_);
    while (auto task = withdraw(Of::kNotBegun)) {
      cancelled.push_back(std::move(*task));
    }
    for (PoolTask& task : std::exchange(ready_, {})) {
      cancelled.push_back(std::move(task));
    }
    retire_if_done();
  }
  for (const PoolTask& task : cancelled) {
    task.job->abandoned();
  }
}

void PoolCore::close() {
  const os::MutexLock lock(mu_);
  if (state_ == State::kRunning) {
    state_ = State::kClosed;
    retire_if_done();
  }
}

void PoolCore::join() {
  require_stranger("join");
  {
    const os::MutexLock lock(mu_);
    if (state_ == State::kRunning) {
      throw std::invalid_argument("join() comes after close() or terminate()");
    }
  }
  // Whoever comes second waits here until the first is through.
  const os::MutexLock joining(join_mu_);
  source_threads_.join_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void PoolCore::terminate() {
  require_stranger("terminate");
  {
    const os::MutexLock lock(mu_);
    state_ = State::kTerminated;
    for (const auto& [id, worker] : workers_) {
      worker->process().kill();
    }
    events_.wake();
  }
  join();
  // Nobody else is left to touch these; the lock is for the compiler's check.
  std::set<std::shared_ptr<PoolJob>> jobs;
  {
    const os::MutexLock lock(mu_);
    for (const PoolTask& task : ready_) {
      jobs.insert(task.job);
    }
    for (PoolTask& task : posted_) {
      if (task.job) {
        jobs.insert(std::exchange(task, {}).job);
      }
    }
    ready_.clear();
    workers_.clear();
  }
  for (const std::shared_ptr<PoolJob>& job : jobs) {
    job->abandoned();  // [I1]
  }
}

void PoolCore::add_worker() {
  do {
    next_id_ = next_id_ % TaskRing::kMaxWorker + 1;
  } while (workers_.contains(next_id_));
  const WorkerId id = next_id_;
  // In its place before it is watched: there may be no memory for the place.
  const auto place =
      workers_.emplace(id, std::make_unique<PoolWorker>(ring_, id, initializer_,
                                                        max_tasks_per_child_));
  PoolWorker& worker = *place.first->second;
  try {
    events_.watch_replies(id, worker.reply_fd());
    events_.watch_room(id, worker.task_fd());
    events_.watch_end(id, worker.process().sentinel());
  } catch (...) {
    unwatch(worker);
    workers_.erase(id);
    throw;
  }
}

void PoolCore::unwatch(PoolWorker& worker) {
  events_.unwatch(worker.reply_fd());
  events_.unwatch(worker.process().sentinel());
  if (!worker.retired()) {
    events_.unwatch(worker.task_fd());
  }
}

std::vector<PoolCore::Failure> PoolCore::add_missing_workers() {
  std::vector<Failure> failures;
  if (state_ == State::kTerminated) {
    return failures;
  }
  try {
    // Only for work that waits: workers that die at once, before they do
    // anything, are then not replaced for ever.
    while (workers_.size() < processes_ && work_waits() && !makes_do()) {
      add_worker();
    }
  } catch (...) {
    // Refused by the system, or for lack of memory.
    if (workers_.empty()) {  // [I4]; not in submit()
      while (auto task = withdraw(Of::kAll)) {
        failures.push_back({std::move(*task), std::current_exception()});
      }
      for (PoolTask& task : std::exchange(ready_, {})) {
        failures.push_back({std::move(task), std::current_exception()});
      }
    }
  }
  return failures;
}

void PoolCore::retire_if_done() {
  const bool idle = state_ == State::kClosed && sources_ == 0 &&
                    ready_.empty() && ring_.size() == 0;
  for (const auto& [id, worker] : workers_) {
    if ((idle || worker->used_up()) && !worker->retired()) {
      events_.unwatch(worker->task_fd());
      worker->retire();
    }
  }
  if (idle && workers_.empty()) {
    events_.wake();
  }
}

}  // namespace ipc
