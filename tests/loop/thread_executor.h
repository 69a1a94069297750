// tests/loop/thread_executor.h - the simplest executor with real threads.
//
// CONCEPT     One thread for all jobs, in order; enough to test that a loop
//             and a thread meet.
// THREADS     As scheduler::Executor.
// OWNERSHIP   Owns its thread and its jobs; the destructor waits for both.
#ifndef TESTS_LOOP_THREAD_EXECUTOR_H_
#define TESTS_LOOP_THREAD_EXECUTOR_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "scheduler/executor.h"

namespace tests {

class ThreadExecutor final : public scheduler::Executor {
 public:
  ThreadExecutor() : thread_([this] { work(); }) {}
  ~ThreadExecutor() override { shutdown(true); }

  void shutdown(bool wait, bool cancel_futures = false) override {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      if (cancel_futures) {
        for (const auto& job : jobs_) {
          job->cancel();
        }
        jobs_.clear();
      }
    }
    changed_.notify_all();
    if (wait && thread_.joinable()) {
      thread_.join();
    }
  }

 private:
  void execute(std::shared_ptr<scheduler::Job> job) override {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) {
        throw std::runtime_error("the executor was shut down");
      }
      jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
      if (jobs_.empty()) {
        return;
      }
      const std::shared_ptr<scheduler::Job> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job->run();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<scheduler::Job>> jobs_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace tests

#endif  // TESTS_LOOP_THREAD_EXECUTOR_H_
