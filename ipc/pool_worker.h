// ipc/pool_worker.h - one process of a pool, seen from the pool.
//
// CONCEPT     Each worker has two pipes of its own, one for tasks and one for
//             replies. *Nothing is shared between workers*: no queue, no lock.
//             So when one is killed, at any instant, no other can find a lock
//             held for ever or half of a stranger's message.
//
//               pool --[task]---> worker     holds: 5
//                    <--[reply]--
//
//             It holds one task at a time. A second one sent ahead would save
//             the worker a wait, but it would lie behind the first, however
//             long that takes, while another worker is idle; and if the first
//             waits for something that the second does, for ever.
//
//             A worker counts the tasks that it begins in a word of memory
//             that it shares with the pool. So it is known what a dead one was
//             at: the task it holds has begun if the count says so.
// IN PYTHON   multiprocessing.pool.worker; but there all workers share two
//             queues with locks, and one that dies inside stops the others.
// INVARIANTS  I1. A reply answers the task held; bytes that are no such reply,
//                 because some job wrote into the pipe, are noticed.
//             I2. The worker ends by itself when its task pipe is closed, so
//                 none outlives the pool's process, however that ends.
// THREADS     Guarded by the pool's lock, except that the pool's thread alone
//             reads replies.
// OWNERSHIP   Owns process and pipes; the destructor kills and reaps.
// ERRORS      std::system_error from pipe2, fork, pidfd_open.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_POOL_WORKER_H_
#define IPC_POOL_WORKER_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "ipc/frame.h"
#include "ipc/pool_task.h"
#include "ipc/process.h"
#include "os/io.h"
#include "os/mapping.h"
#include "os/unique_fd.h"

namespace ipc {

class PoolWorker {
 public:
  // Forks it. `initializer` (may be empty) runs in it first. It gets no more
  // than `max_tasks` tasks.
  PoolWorker(const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  bool used_up() const { return tasks_left_ == 0; }
  bool takes_a_task() const { return !held_ && !used_up() && !retired(); }

  // Takes a task; flush() sends it.
  void hand(PoolTask task);
  // Writes what the pipe takes; the rest when there is room.
  void flush();

  // One read of replies, as FrameReader::read_from().
  std::optional<size_t> read_replies() {
    return replies_.read_from(reply_fd_.get());
  }
  // The answer to the task held, if it has arrived, valid until the next read.
  // Throws DecodeError for bytes that cannot become one. [I1]
  std::optional<std::span<const std::byte>> next_answer();
  // The task that it answers.
  PoolTask take_answered();

  const std::optional<PoolTask>& held() const { return held_; }

  // No more tasks: the worker ends when it has done what it holds. [I2]
  void retire() { tasks_.reset(); }
  bool retired() const { return !tasks_; }

  // What it held when it died: begun, or not. Only of an ended one.
  struct Remains {
    std::optional<PoolTask> lost;
    std::optional<PoolTask> untouched;
  };
  Remains take_remains();
  // The task it has not answered, to be failed. Of any.
  std::optional<PoolTask> take_held() {
    return std::exchange(held_, std::nullopt);
  }
  // "worker 12 was killed by signal 9", likewise.
  std::string obituary();

  int reply_fd() const { return reply_fd_.get(); }
  int task_fd() const { return tasks_.get(); }
  Process& process() { return process_; }

 private:
  PoolWorker(os::Pipe tasks, os::Pipe replies,
             const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  os::Mapping page_;       // holds the count of tasks begun
  os::UniqueFd tasks_;     // we write; non-blocking
  os::UniqueFd reply_fd_;  // we read; non-blocking
  Process process_;
  FrameReader replies_;
  std::optional<size_t> tasks_left_;  // nullopt: no limit
  std::optional<PoolTask> held_;      // handed over, not answered
  size_t written_ = 0;                // of its frame
  uint64_t answered_ = 0;
};

// How a worker's answer ends a task: calls one verb of its job.
void deliver(const PoolTask& task, std::span<const std::byte> answer);

}  // namespace ipc

#endif  // IPC_POOL_WORKER_H_
