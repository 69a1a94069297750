// ipc/pool_worker.h - one process of a pool, seen from the pool.
//
// CONCEPT     Each worker has two pipes of its own, one for tasks and one for
//             replies. *Nothing is shared between workers*: no queue, no lock.
//             So when one is killed, at any instant, no other can find a lock
//             held for ever or half of a stranger's message.
//
//               pool --[task task]--> worker     held: 5 6 7   (oldest first)
//                    <--[reply]------
//
//             A worker answers its tasks in the order it got them, each as
//             soon as it is done. Hence the order tells what a dead one was
//             at: tasks answered are done, the first unanswered one may have
//             begun, and those behind it surely have not.
// IN PYTHON   multiprocessing.pool.worker; but there all workers share two
//             queues with locks, and one that dies inside stops the others.
// INVARIANTS  I1. Replies answer `held` from the front.
//             I2. The worker ends by itself when its task pipe is closed, so
//                 none outlives the pool's process, however that ends.
// THREADS     Guarded by the pool's lock, except replies(), which only the
//             pool's thread uses.
// OWNERSHIP   Owns process and pipes; the destructor kills and reaps.
// ERRORS      std::system_error from pipe2, fork, pidfd_open.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_POOL_WORKER_H_
#define IPC_POOL_WORKER_H_

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/frame.h"
#include "ipc/pool_task.h"
#include "ipc/process.h"
#include "os/io.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace ipc {

class PoolWorker {
 public:
  // Forks it. `initializer` (may be empty) runs in it first. It gets no more
  // than `max_tasks` tasks.
  PoolWorker(const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  // How many tasks it should hold: one, unless they are so short that the way
  // to the worker would cost more than the work.
  size_t window() const;
  bool used_up() const { return tasks_left_ == 0; }

  // Takes a task; flush() sends it.
  void hand(PoolTask task);
  // Writes what the pipe takes. False if something is left for later.
  bool flush();

  // The task that a reply answers: the oldest. [I1]
  PoolTask answered();
  // Tells window() that `count` replies have just come together.
  void note_replies(size_t count);

  const std::deque<PoolTask>& held() const { return held_; }

  // No more tasks: the worker ends when it has done what it holds. [I2]
  void retire() { tasks_.reset(); }
  bool retired() const { return !tasks_; }

  // What it held when it died. The first one may have begun, unless the worker
  // did not even read it.
  struct Remains {
    std::optional<PoolTask> begun;
    std::deque<PoolTask> untouched;
  };
  Remains take_remains();
  // "worker 12 was killed by signal 9". Only of an ended one.
  std::string obituary();

  FrameReader& replies() { return replies_; }
  int reply_fd() const { return reply_fd_.get(); }
  int task_fd() const { return tasks_.get(); }
  Process& process() { return process_; }

 private:
  PoolWorker(os::Pipe tasks, os::Pipe replies,
             const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  os::UniqueFd tasks_;     // we write; non-blocking
  os::UniqueFd reply_fd_;  // we read; non-blocking
  Process process_;
  FrameReader replies_;
  std::optional<size_t> tasks_left_;  // nullopt: no limit
  std::deque<PoolTask> held_;         // handed over, not answered
  Bytes outgoing_;                    // frames not yet written
  size_t written_ = 0;                // of outgoing_
  // For window(): when the worker began what is now the oldest, and how long
  // a task took of late.
  scheduler::TimePoint busy_since_;
  std::optional<scheduler::Duration> task_time_;
};

// How a worker's reply ends a task: calls one verb of its job.
void deliver(const PoolTask& task, std::span<const std::byte> reply);

}  // namespace ipc

#endif  // IPC_POOL_WORKER_H_
