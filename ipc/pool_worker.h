// ipc/pool_worker.h - one process of a pool, seen from the pool.
//
// CONCEPT     A worker takes its tasks from the pool's ring and leaves its
//             answers there (see ipc/task_ring.h), one task at a time. Beside
//             the ring it has two pipes of its own, for what the ring cannot
//             do:
//
//               pool --[   ]---> worker    there is work again: do not sleep
//                    --[task]-->           the long task that you have taken
//                    <--[   ]--            there is news: do not sleep
//                    <--[reply]--          a long answer
//
//             *No lock is shared between workers.* So when one is killed, at
//             any instant, no other can find a lock held for ever or half of a
//             stranger's message.
//
//             Nobody is called who does not sleep, so as long as there is work
//             the pipes stay empty.
// IN PYTHON   multiprocessing.pool.worker; but there all workers share two
//             queues with locks, and one that dies inside stops the others.
// INVARIANTS  I1. Bytes in the reply pipe that are no message, because some
//                 job wrote them, are noticed, and the worker is killed. What
//                 it has left in the ring counts; the task that it is at by
//                 then is lost, be it that job's or the next one's.
// THREADS     Guarded by the pool's lock.
// OWNERSHIP   Owns process and pipes; the destructor kills and reaps. Borrows
//             the ring, and what it sends until that is sent.
// ERRORS      std::system_error from pipe2, fork, pidfd_open.
// READ NEXT   ipc/pool_servant.h, the same from its own side
#ifndef IPC_POOL_WORKER_H_
#define IPC_POOL_WORKER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "ipc/frame.h"
#include "ipc/pool_servant.h"
#include "ipc/pool_task.h"
#include "ipc/process.h"
#include "ipc/shared.h"
#include "ipc/task_ring.h"
#include "os/io.h"
#include "os/unique_fd.h"

namespace ipc {

class PoolWorker {
 public:
  // Forks it. `initializer` (may be empty) runs in it first. It takes no more
  // than `max_tasks` tasks.
  PoolWorker(TaskRing& ring, TaskRing::WorkerId id,
             const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  // To be told of each answer.
  void count_answer() { ++answered_; }
  bool used_up() const { return answered_ == max_tasks_; }
  bool takes_tasks() const { return !used_up() && !retired(); }

  bool has_answered() const { return answered_ > 0; }

  // Has it come through its initializer?
  bool has_started() const { return signs_->started; }

  // There is something in the ring. False if it does not sleep.
  bool wake();
  // The bytes of the long task that it has taken.
  void send(std::span<const std::byte> frame);
  // Writes what the pipe takes; the rest when there is room. Throws nothing: a
  // worker that cannot be told anything is killed.
  void flush();

  // One read of the reply pipe, as FrameReader::read_from().
  std::optional<size_t> read_messages() {
    return messages_.read_from(reply_fd_.get());
  }
  // The answer to the task in `place`; or, without content, news of the ring.
  struct Message {
    size_t place;
    std::span<const std::byte> answer;
  };
  // The next one, if it has arrived, valid until the next read. Throws
  // DecodeError for bytes that cannot become one; an answer can only if the
  // ring says that it `answers_long`. [I1]
  std::optional<Message> next_message(bool answers_long);

  // Nonsense was in its pipe: that is not read any more, and it is killed.
  void distrust();
  bool trusted() const { return trusted_; }

  // No more tasks: the worker ends.
  void retire() { tasks_.reset(); }
  bool retired() const { return !tasks_; }

  // "worker 12 was killed by signal 9". Only of an ended one.
  std::string obituary();

  int reply_fd() const { return reply_fd_.get(); }
  int task_fd() const { return tasks_.get(); }
  Process& process() { return process_; }

 private:
  PoolWorker(TaskRing& ring, TaskRing::WorkerId id, os::Pipe tasks,
             os::Pipe replies, const std::function<void()>& initializer,
             std::optional<size_t> max_tasks);

  Shared<ServantSigns> signs_;
  os::UniqueFd tasks_;     // we write; non-blocking
  os::UniqueFd reply_fd_;  // we read; non-blocking
  Process process_;
  FrameReader messages_;
  uint64_t messages_seen_ = 0;
  std::span<const std::byte> unsent_;
  const std::optional<size_t> max_tasks_;  // nullopt: no limit
  size_t answered_ = 0;
  bool trusted_ = true;
};

// How a worker's answer ends a task: calls one verb of its job.
void deliver(const PoolTask& task, std::span<const std::byte> answer);

}  // namespace ipc

#endif  // IPC_POOL_WORKER_H_
