// ipc/thread_set.h - threads that end by themselves, joined in passing.
//
// CONCEPT     A thread that has ended keeps its stack until somebody joins it,
//             and it cannot join itself. So whoever starts the next one joins
//             those that have ended since, and join_all() does so at the end:
//             never more of them than are at work, and one.
// IN PYTHON   concurrent.futures' pools keep a set of threads to join
// INVARIANTS  I1. Each thread is joined once.
// THREADS     Any.
// OWNERSHIP   Owns the threads; join_all() comes before the destructor.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_THREAD_SET_H_
#define IPC_THREAD_SET_H_

#include <cassert>
#include <cstddef>
#include <functional>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "os/mutex.h"

namespace ipc {

class ThreadSet {
 public:
  ThreadSet() = default;
  ThreadSet(const ThreadSet&) = delete;
  ThreadSet& operator=(const ThreadSet&) = delete;
  ~ThreadSet() {
    const os::MutexLock lock(mu_);
    assert(running_.empty() && ended_.empty() && "join_all() comes first");
  }

  void start(std::function<void()> body) EXCLUDES(mu_) {
    std::vector<std::thread> ended;
    {
      const os::MutexLock lock(mu_);
      const size_t id = next_id_++;
      // It cannot end before we let go of the lock.
      running_.emplace(id, std::thread([this, id, body = std::move(body)] {
                         body();
                         end(id);
                       }));
      ended.swap(ended_);
    }
    for (std::thread& thread : ended) {
      thread.join();
    }
  }

  void join_all() EXCLUDES(mu_) {
    std::map<size_t, std::thread> running;
    std::vector<std::thread> ended;
    {
      const os::MutexLock lock(mu_);
      running.swap(running_);
      ended.swap(ended_);
    }
    for (auto& [id, thread] : running) {
      thread.join();
    }
    for (std::thread& thread : ended) {
      thread.join();
    }
  }

 private:
  void end(size_t id) EXCLUDES(mu_) {
    const os::MutexLock lock(mu_);
    // Not there if join_all() has taken it already. [I1]
    if (auto self = running_.extract(id)) {
      ended_.push_back(std::move(self.mapped()));
    }
  }

  os::Mutex mu_;
  std::map<size_t, std::thread> running_ GUARDED_BY(mu_);
  std::vector<std::thread> ended_ GUARDED_BY(mu_);
  size_t next_id_ GUARDED_BY(mu_) = 0;
};

}  // namespace ipc

#endif  // IPC_THREAD_SET_H_
