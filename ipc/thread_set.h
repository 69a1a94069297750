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
// ERRORS      std::system_error and std::bad_alloc from start(), and no thread.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_THREAD_SET_H_
#define IPC_THREAD_SET_H_

#include <cassert>
#include <cstddef>
#include <functional>
#include <map>
#include <thread>
#include <utility>

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
    Threads ended;
    {
      const os::MutexLock lock(mu_);
      const size_t id = next_id_++;
      // A place for it first: without memory for one nobody could join it.
      Threads place;
      std::thread& thread = place[id];
      thread = std::thread([this, id, body = std::move(body)] {
        body();
        end(id);  // not before we let go of the lock
      });
      running_.merge(place);
      ended.swap(ended_);
    }
    for (auto& [id, thread] : ended) {
      thread.join();
    }
  }

  void join_all() EXCLUDES(mu_) {
    Threads running, ended;
    {
      const os::MutexLock lock(mu_);
      running.swap(running_);
      ended.swap(ended_);
    }
    for (auto& [id, thread] : running) {
      thread.join();
    }
    for (auto& [id, thread] : ended) {
      thread.join();
    }
  }

 private:
  using Threads = std::map<size_t, std::thread>;

  void end(size_t id) EXCLUDES(mu_) {
    const os::MutexLock lock(mu_);
    // Nothing if join_all() has taken it already. [I1]
    ended_.insert(running_.extract(id));
  }

  os::Mutex mu_;
  Threads running_ GUARDED_BY(mu_);
  Threads ended_ GUARDED_BY(mu_);
  size_t next_id_ GUARDED_BY(mu_) = 0;
};

}  // namespace ipc

#endif  // IPC_THREAD_SET_H_
