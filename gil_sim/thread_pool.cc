#include "gil_sim/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

#include "gil_sim/allow_threads.h"

namespace gil_sim {

namespace {

int default_workers() {
  // For jobs that mostly wait, a few more than there are CPUs; but not a
  // hundred on a large machine.
  const auto cpus = static_cast<int>(std::thread::hardware_concurrency());
  return std::min(32, cpus + 4);
}

std::string next_prefix() {
  static std::atomic<int> pools{0};
  return "ThreadPool-" + std::to_string(pools++);
}

// A scope that holds the lock, if there is one.
class MaybeWithGil {
 public:
  explicit MaybeWithGil(InterpreterLock* gil) {
    if (gil != nullptr) {
      held_.emplace(*gil);
    }
  }

 private:
  std::optional<WithGil> held_;
};

}  // namespace

ThreadPool::ThreadPool(ThreadPoolOptions options)
    : max_workers_(options.max_workers.value_or(default_workers())),
      prefix_(options.thread_name_prefix.empty() ? next_prefix()
                                                 : options.thread_name_prefix),
      initializer_(std::move(options.initializer)),
      gil_(options.gil) {
  if (max_workers_ <= 0) {
    throw std::invalid_argument("a pool has at least one worker");
  }
}

void ThreadPool::execute(std::shared_ptr<scheduler::Job> job) {
  bool wake = false;
  {
    const os::MutexLock lock(mutex_);
    if (broken_) {
      throw BrokenThreadPool("an initializer of the pool has failed");
    }
    if (shutdown_) {
      throw std::runtime_error("no job is accepted after shutdown");
    }
    jobs_.push_back(std::move(job));
    if (jobs_.size() <= idle_) {
      wake = jobs_.size() > looking_;
    } else if (threads_.size() < static_cast<size_t>(max_workers_)) {
      start_worker();  // [I2]
    }
  }
  // Not under the lock, on which the woken thread would fall asleep again.
  if (wake) {
    changed_.notify_one();
  }
}

void ThreadPool::start_worker() {
  // Never a daemon, whoever submits: it uses this object.
  auto thread = std::make_unique<Thread>(
      ThreadOptions{.name = prefix_ + "_" + std::to_string(threads_.size()),
                    .daemon = false},
      [this] { work(); });
  try {
    thread->start();
  } catch (const std::system_error&) {
    if (threads_.empty()) {
      jobs_.pop_back();
      throw;
    }
    return;  // those there are will get to the job in time
  }
  threads_.push_back(std::move(thread));
}

void ThreadPool::work() {
  run_initializer();
  while (auto job = next_job()) {
    const MaybeWithGil held(gil_);
    job->run();
    job.reset();  // under the lock, as what it has captured may need it
  }
}

void ThreadPool::run_initializer() {
  if (!initializer_) {
    return;
  }
  try {
    const MaybeWithGil held(gil_);
    initializer_();
  } catch (...) {
    std::deque<std::shared_ptr<scheduler::Job>> orphans;
    {
      const os::MutexLock lock(mutex_);
      broken_ = true;
      orphans.swap(jobs_);
      shutdown_ = true;
      changed_.notify_all();
    }
    const auto error = std::make_exception_ptr(
        BrokenThreadPool("an initializer of the pool has failed"));
    for (auto& job : orphans) {
      job->fail(error);  // [I3]
    }
    throw;  // to the hook for uncaught errors
  }
}

std::shared_ptr<scheduler::Job> ThreadPool::next_job() {
  {
    const os::MutexLock lock(mutex_);
    if (!jobs_.empty()) {
      return take_first();
    }
    ++idle_;
    ++looking_;
  }
  // Whoever feeds us is often about to bring the next job. To sleep and be
  // woken would cost both of us some microseconds; to look twice does not.
  std::this_thread::yield();
  const os::MutexLock lock(mutex_);
  --looking_;
  while (jobs_.empty() && !shutdown_) {
    changed_.wait(mutex_);
  }
  --idle_;
  return jobs_.empty() ? nullptr : take_first();
}

std::shared_ptr<scheduler::Job> ThreadPool::take_first() {
  auto job = std::move(jobs_.front());
  jobs_.pop_front();
  return job;
}

void ThreadPool::shutdown(bool wait, bool cancel_futures) {
  std::deque<std::shared_ptr<scheduler::Job>> cancelled;
  std::vector<ThreadHandle> threads;
  {
    const os::MutexLock lock(mutex_);
    shutdown_ = true;
    if (cancel_futures) {
      cancelled.swap(jobs_);
    }
    for (const auto& thread : threads_) {
      threads.push_back(*thread);
    }
    changed_.notify_all();
  }
  // Outside the lock: cancelling runs callbacks, which may ask the pool.
  for (auto& job : cancelled) {
    job->cancel();  // [I3]
  }
  if (wait) {
    for (const ThreadHandle& thread : threads) {
      thread.join();
    }
  }
}

int ThreadPool::workers() const {
  const os::MutexLock lock(mutex_);
  return static_cast<int>(threads_.size());
}

int ThreadPool::idle() const {
  const os::MutexLock lock(mutex_);
  return static_cast<int>(idle_);
}

}  // namespace gil_sim
