#include "gil_sim/thread_pool.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "gil_sim/allow_threads.h"
#include "gil_sim/thread_registry.h"

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

// Which pools there are, for the two events that concern all of them: the end
// of the program and a fork. Never destroyed, as a pool may be a global object.
// Its mutex comes before that of a pool. A fork takes it, and its child lets go
// of it, for which os::Mutex would take that for a stranger.
class ThreadPool::Live {
 public:
  static Live& instance() {
    static Live& only = *new Live;
    return only;
  }

  void add(ThreadPool& pool) {
    const std::lock_guard lock(mutex_);
    if (ended_) {
      pool.shutdown(/*wait=*/false);
    }
    pools_.insert(&pool);
  }
  void remove(ThreadPool& pool) {
    const std::lock_guard lock(mutex_);
    pools_.erase(&pool);
  }

 private:
  Live() {
    ThreadRegistry::instance().add_call_at_end([] { instance().end(); });
    pthread_atfork([] { instance().mutex_.lock(); },
                   [] { instance().mutex_.unlock(); },
                   [] { instance().after_fork_in_child(); });
  }

  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (ThreadPool* pool : pools_) {
      pool->shutdown(/*wait=*/false);
    }
  }

  void after_fork_in_child() {
    for (ThreadPool* pool : pools_) {
      pool->after_fork_in_child();
    }
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::set<ThreadPool*> pools_;  // guarded by mutex_
  bool ended_ = false;           // as well
};

ThreadPool::ThreadPool(ThreadPoolOptions options)
    : max_workers_(options.max_workers.value_or(default_workers())),
      prefix_(options.thread_name_prefix.empty() ? next_prefix()
                                                 : options.thread_name_prefix),
      initializer_(std::move(options.initializer)),
      gil_(options.gil) {
  if (max_workers_ <= 0) {
    throw std::invalid_argument("a pool has at least one worker");
  }
  Live::instance().add(*this);
}

ThreadPool::~ThreadPool() {
  Live::instance().remove(*this);
  shutdown();
}

// Another thread may have been in here at the fork, or waited for a job. It is
// not here to let go, nor to finish what it was changing: all of it is made
// anew, and what it was is forgotten, not destroyed. [I4]
void ThreadPool::after_fork_in_child() NO_THREAD_SAFETY_ANALYSIS {
  std::construct_at(&mutex_);
  std::construct_at(&changed_);
  if (used_) {
    std::construct_at(&jobs_);
    std::construct_at(&threads_);
    idle_ = 0;
    looking_ = 0;
    left_in_parent_ = true;
  }
}

void ThreadPool::execute(std::shared_ptr<scheduler::Job> job) {
  if (!used_) {    // a load is cheaper than a store that all must see
    used_ = true;  // before anything changes
  }
  bool wake = false;
  {
    const os::MutexLock lock(mutex_);
    if (broken_) {
      throw BrokenThreadPool("an initializer of the pool has failed");
    }
    if (shutdown_) {
      throw std::runtime_error("no job is accepted after shutdown");
    }
    if (left_in_parent_) {
      throw std::runtime_error(
          "a forked child has none of the workers of its parent's pool");
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
  const MaybeWithGil held(gil_);  // what becomes of the jobs needs it, too
  try {
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
      job.reset();
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
