#include "ipc/process_pool_executor.h"

namespace ipc {

ProcessPoolExecutor::ProcessPoolExecutor(Options options)
    : max_workers_(options.max_workers.value_or(
          std::max(1u, std::thread::hardware_concurrency()))),
      initializer_(std::move(options.initializer)),
      max_tasks_per_child_(options.max_tasks_per_child) {
  // Said now, as the engine that would say it comes later.
  if (max_workers_ < 1) {
    throw std::invalid_argument("an executor has one worker at least");
  }
  if (max_tasks_per_child_ == 0) {
    throw std::invalid_argument("a worker does one task at least");
  }
}

void ProcessPoolExecutor::accept(std::vector<PoolTask> tasks) {
  const os::MutexLock lock(mu_);
  if (shut_down_) {
    throw std::runtime_error("no jobs are taken after shutdown()");
  }
  if (!core_) {  // [I2]
    core_ = std::make_unique<PoolCore>(max_workers_, initializer_,
                                       max_tasks_per_child_,
                                       PoolCore::OnDeath::kBreak);
  }
  core_->submit(std::move(tasks));
}

void ProcessPoolExecutor::shutdown(bool wait, bool cancel_futures) {
  PoolCore* core;
  {
    const os::MutexLock lock(mu_);
    shut_down_ = true;
    core = core_.get();  // there to stay, and waited for without the lock
  }
  if (core == nullptr) {
    return;
  }
  core->close();
  if (cancel_futures) {
    core->cancel_waiting();
  }
  if (wait) {
    core->join();
  }
}

std::vector<pid_t> ProcessPoolExecutor::worker_pids() {
  const os::MutexLock lock(mu_);
  return core_ ? core_->worker_pids() : std::vector<pid_t>();
}

}  // namespace ipc
