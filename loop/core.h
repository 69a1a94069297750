// loop/core.h - the part of an event loop that its futures and tasks know.
//
// CONCEPT     Futures and tasks need little of their loop: a queue to become
//             ready in, a heap to sleep in, somebody to report to. That little
//             stands here, apart from the loop that drives it. It also
//             outlives it: a handle of a future may be dropped long after its
//             loop is gone, and finds a closed core instead of freed memory.
//
//               EventLoop --owns--> Core <--shared-- Future, Task, Coroutine
//
// IN PYTHON   the parts of BaseEventLoop that Future._loop is used for
// INVARIANTS  I1. After close nothing becomes ready: it is discarded.
//             I2. At most one loop runs in a thread, and one thread runs a
//                 loop.
// THREADS     The thread that runs the loop; any one while it does not run.
// OWNERSHIP   Borrows runnables, clock and observer. Shared by loop and
//             futures.
// ERRORS      std::logic_error from a wrong thread, RuntimeError when closed.
// READ NEXT   loop/future.h
#ifndef LOOP_CORE_H_
#define LOOP_CORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "loop/ref.h"
#include "loop/report.h"
#include "loop/runnable.h"
#include "loop/timer_queue.h"
#include "scheduler/clock.h"
#include "scheduler/trace.h"

namespace loop {

class EventLoop;
class TaskBase;

class Core {
 public:
  // Neither is used after close().
  Core(EventLoop& loop, const scheduler::Clock& clock)
      : loop_(&loop), clock_(&clock) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // The core of the loop that runs in this thread, or null. In a forked child
  // it is null again: the loop belongs to the parent.
  static Core* running();

  // Puts `item` at the end of the queue.
  void make_ready(Runnable& item) {
    if (closed()) [[unlikely]] {
      item.discard();  // [I1]
      return;
    }
    ready.push(item);
    if (observer != nullptr) [[unlikely]] {
      item.tell_woken(*observer);
    }
  }

  void report(Report report) noexcept;

  // Throws unless this thread may touch the loop now. A forked child has only
  // one: there check_process() says what it may.
  void check_thread() const {
    // Relaxed: a thread knows for certain only whether it wrote this itself,
    // and that is what is asked.
    const std::thread::id owner = thread_.load(std::memory_order_relaxed);
    if (owner != std::thread::id() && owner != std::this_thread::get_id())
        [[unlikely]] {
      refuse_thread();
    }
  }
  // Throws RuntimeError if the loop is closed.
  void check_open() const;
  bool closed() const { return loop_ == nullptr; }

  EventLoop& loop() const;
  scheduler::TimePoint now() const { return clock_->now(); }

  // For the loop itself: enters and leaves run_forever(). [I2]
  void check_can_enter() const;
  void enter();
  void leave();
  // Throws std::logic_error in a forked child.
  void check_process() const {
    if (in_forked_child()) [[unlikely]] {
      refuse_process();
    }
  }
  bool in_forked_child() const {
    // Relaxed: written by a forked child before it has a second thread.
    return generation_ != forks.load(std::memory_order_relaxed);
  }
  bool is_running() const {
    // Relaxed: another thread gets an answer that may be old.
    return thread_.load(std::memory_order_relaxed) != std::thread::id();
  }
  void close() { loop_ = nullptr; }

  // For the loop, its futures and its tasks.
  ReadyQueue ready;
  TimerQueue timers;
  scheduler::Observer* observer = nullptr;
  std::function<void(const Report&)> exception_handler;
  TaskBase* current_task = nullptr;
  // All tasks that are not done, in no order, and the names given to some.
  std::vector<TaskBase*> tasks;
  std::unordered_map<const TaskBase*, std::string> task_names;
  uint32_t next_task_id = 1;

  // For Ref.
  uint32_t references = 0;
  void let_go() { delete this; }

 private:
  ~Core() = default;
  void refuse_thread() const;
  [[noreturn]] static void refuse_process();
  // How many forks lie between the first process and this one. Asking getpid()
  // each time would be a system call in each turn.
  static std::atomic<uint32_t> forks;
  static uint32_t watch_forks();

  EventLoop* loop_;
  const scheduler::Clock* clock_;
  const uint32_t generation_ = watch_forks();
  std::atomic<std::thread::id> thread_;  // that runs the loop now
};

// The core of the loop that runs in this thread; RuntimeError if none does.
Core& require_running_core();

}  // namespace loop

#endif  // LOOP_CORE_H_
