// ipc/pool_core.h - the engine of a pool: tasks in, replies out, workers
// replaced.
//
// CONCEPT     Tasks wait in one queue, in the order submitted. The first of
//             them are laid out in the ring, from which whoever of the workers
//             is free takes the next. The pool's own thread sleeps until a
//             worker has answered or died, and lays out more.
//
//               submit -> [ready: 9 8] -> [ring: 7 6 5 4 ] -> worker A  at: 4
//                                                          -> worker B  at: 5
//
//             When a worker dies: what it has answered counts; the task it had
//             taken fails with WorkerDied, because running it twice could be
//             worse than not at all; those it had not taken are there for the
//             others. A new worker is forked as soon as there is work; but if
//             one after the other dies before it has taken anything, there
//             must be an end: while another worker serves, the dead are not
//             replaced until the next submit(), and if none does, each takes a
//             waiting task along. That is kReplace. With kBreak one death ends
//             it all: every task not finished fails with BrokenProcessPool, and
//             no more is taken.
// IN PYTHON   multiprocessing.pool.Pool's three threads
// INVARIANTS  I1. Each task ends exactly once: a result, an error, or
//                 abandoned at terminate().
//             I2. Tasks start in the order of their submission.
//             I3. No task waits while a worker is idle. (One that was called
//                 for it and is stopped by a signal counts as busy.)
//             I4. No task waits while fewer than all workers live, unless
//                 workers cannot start (see above) or the system refuses new
//                 processes; if it does and none is left, every waiting task
//                 fails with that refusal.
//             I5. running -> closed -> ended; terminated from any of them.
// THREADS     Any. Jobs are told of their results by the pool's thread, with
//             no lock held; one of submit_from() of a refusal by the thread of
//             its source; and that they are abandoned by whoever does it.
// OWNERSHIP   Owns workers, threads and tasks.
// ERRORS      std::invalid_argument from submit() after close() and from
//             join() before it; std::logic_error for waiting on the pool's own
//             thread; BrokenProcessPool from submit() after a break;
//             std::system_error from fork, pipe2, pidfd_open, mmap, eventfd,
//             epoll_create1, epoll_ctl and from starting a thread. A submit()
//             that throws, be it for lack of memory, has queued nothing.
// LEFT OUT    A shortage of memory on the threads of the pool: there is nobody
//             to throw to, and the program ends (std::terminate).
// READ NEXT   ipc/process_pool.h
#ifndef IPC_POOL_CORE_H_
#define IPC_POOL_CORE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ipc/pool_events.h"
#include "ipc/pool_task.h"
#include "ipc/pool_worker.h"
#include "ipc/task_ring.h"
#include "ipc/thread_set.h"
#include "os/mutex.h"

namespace ipc {

class PoolCore {
 public:
  // What follows the death of a worker that was not told to end.
  enum class OnDeath { kReplace, kBreak };

  PoolCore(size_t processes, std::function<void()> initializer,
           std::optional<size_t> max_tasks_per_child,
           OnDeath on_death = OnDeath::kReplace);
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;
  ~PoolCore();

  size_t processes() const { return processes_; }
  std::vector<pid_t> worker_pids() EXCLUDES(mu_);

  void submit(std::vector<PoolTask> tasks) EXCLUDES(mu_);

  // Calls `source` on a thread for it, again and again, until it gives no
  // task of `job`. A pool that is closed meanwhile goes on until then.
  using Source = std::function<std::optional<PoolTask>()>;
  void submit_from(std::shared_ptr<PoolJob> job, Source source) EXCLUDES(mu_);

  // Abandons the tasks that no worker has taken.
  void cancel_waiting() EXCLUDES(mu_);
  void close() EXCLUDES(mu_);
  void terminate() EXCLUDES(mu_, join_mu_);
  void join() EXCLUDES(mu_, join_mu_);

 private:
  enum class State { kRunning, kClosed, kTerminated };
  using WorkerId = PoolEvents::WorkerId;
  // A task and what became of it, to be told when the lock is free.
  struct Failure {
    PoolTask task;
    std::exception_ptr error;
  };
  static void tell(const std::vector<Failure>& failures);

  void require_running() const REQUIRES(mu_);
  void require_stranger(const char* call) const;

  // Workers.
  void add_worker() REQUIRES(mu_);
  void unwatch(PoolWorker& worker) REQUIRES(mu_);
  std::vector<Failure> add_missing_workers() REQUIRES(mu_);
  void dispatch() REQUIRES(mu_);
  void retire_if_done() REQUIRES(mu_);

  // The ring, place by place.
  PoolTask clear(size_t place) REQUIRES(mu_);
  // The oldest one that no worker has taken, taken back. Not of those that can
  // be called off: they have begun, as far as anybody can see.
  enum class Of { kAll, kNotBegun };
  std::optional<PoolTask> withdraw(Of of) REQUIRES(mu_);
  bool is_answered_long(size_t place, WorkerId id) const REQUIRES(mu_);
  bool answers_long(WorkerId id) const REQUIRES(mu_);
  bool work_waits() const REQUIRES(mu_);
  // Workers die in vain, and there is one that serves.
  bool makes_do() const REQUIRES(mu_);

  // The pool's thread.
  struct Answer {
    PoolTask task;
    Bytes bytes;
  };
  using Answers = std::vector<Answer>;
  void run();
  bool ended() EXCLUDES(mu_);
  void send_rest(WorkerId id) EXCLUDES(mu_);
  void bury(WorkerId id) EXCLUDES(mu_);
  // What is new in the ring, and in the pipes of `senders`; false if nothing
  // is.
  bool take_news(const std::vector<WorkerId>& senders) EXCLUDES(mu_);
  static void deliver_all(const Answers& answers);
  bool take_answers(const std::vector<WorkerId>& senders, Answers& answers)
      REQUIRES(mu_);
  void count_answer(PoolWorker& worker) REQUIRES(mu_);
  // One read of its pipe; false if nothing of worth came.
  bool take_messages(WorkerId id, PoolWorker& worker, Answers& answers)
      REQUIRES(mu_);
  void distrust(PoolWorker& worker) REQUIRES(mu_);
  std::vector<Failure> take_remains(WorkerId id, PoolWorker& worker)
      REQUIRES(mu_);
  std::vector<Failure> break_up(const std::string& obituary) REQUIRES(mu_);
  PoolWorker* find(WorkerId id) REQUIRES(mu_);

  // The threads of submit_from.
  void pull(PoolJob& job, const Source& source) EXCLUDES(mu_);

  // Set once.
  const size_t processes_;
  const std::function<void()> initializer_;
  const std::optional<size_t> max_tasks_per_child_;
  const OnDeath on_death_;

  PoolEvents events_;

  os::Mutex mu_;
  TaskRing ring_;  // under the lock, but for the sleep of the pool's thread
  // What lies in which place of it; no job where nothing lies.
  std::vector<PoolTask> posted_ GUARDED_BY(mu_);
  // The long ones whose taker has not been sent the bytes.
  std::vector<bool> unsent_ GUARDED_BY(mu_);
  State state_ GUARDED_BY(mu_) = State::kRunning;
  std::exception_ptr broken_ GUARDED_BY(mu_);  // why, after a break_up()
  std::deque<PoolTask> ready_ GUARDED_BY(mu_);
  // Added by any thread. Removed by the pool's thread when they have died; by
  // another one if they could not be watched, or at the end of terminate().
  std::map<WorkerId, std::unique_ptr<PoolWorker>> workers_ GUARDED_BY(mu_);
  WorkerId next_id_ GUARDED_BY(mu_) = 0;
  // Of workers that took nothing though there was work, since a new one has
  // answered.
  size_t vain_deaths_ GUARDED_BY(mu_) = 0;
  size_t sources_ GUARDED_BY(mu_) = 0;  // of submit_from, not at their end

  ThreadSet source_threads_;
  os::Mutex join_mu_;  // a thread is joined by one other
  std::thread thread_ GUARDED_BY(join_mu_);
  std::thread::id thread_id_;  // set once, before there is any task
};

}  // namespace ipc

#endif  // IPC_POOL_CORE_H_
