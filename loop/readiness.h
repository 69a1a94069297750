// loop/readiness.h - wait until a descriptor can be read or written.
//
// CONCEPT     The bridge from "this descriptor is ready" to "this task goes
//             on". No future and no callback in between: the table of
//             descriptors holds the task itself, and the event puts it into
//             the ready queue. Ready is a hint, not a promise: read, and be
//             prepared to be told EAGAIN.
// IN PYTHON   what loop.sock_recv does with a future and add_reader
// INVARIANTS  I1. However the wait ends - event, cancellation, the end of the
//                 frame - nothing stays registered.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows the descriptor for the wait.
// ERRORS      CancelledError; what Descriptors::wait_once throws; a
//             std::system_error (EBADF) if the descriptor is closed, or taken
//             out of the loop's table, while somebody waits.
// READ NEXT   loop/sockets.h
#ifndef LOOP_READINESS_H_
#define LOOP_READINESS_H_

#include <cerrno>
#include <coroutine>
#include <utility>

#include "loop/descriptors.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "loop/task_base.h"
#include "loop/waiting.h"
#include "os/syscall.h"
#include "scheduler/trace.h"

namespace loop {

class [[nodiscard]] Readiness final : public Waitable {
 public:
  // With `watch_on` the system goes on watching afterwards; the owner of the
  // descriptor then calls Descriptors::forget() before he closes it.
  Readiness(int fd, Direction direction, bool watch_on)
      : fd_(fd), direction_(direction), watch_on_(watch_on) {}
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;
  ~Readiness() { leave(); }

  bool await_ready() const { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiting) {
    suspend(*waiting.promise().task);
  }
  void await_resume() {
    leave();
    task_->check_cancelled();
    if (waiting_.removed) [[unlikely]] {
      // Not "try again": who closed the descriptor may be gone with all that
      // the call would touch.
      os::throw_error(EBADF, kind());
    }
  }

  // Waitable.
  bool cancel() override {
    if (leave()) {
      task_->core().make_ready(*task_);
    }
    return false;
  }
  void abandon() override {}
  scheduler::Reason reason() const override { return scheduler::Reason::kIo; }
  const char* kind() const override {
    return direction_ == Direction::kRead ? "readable" : "writable";
  }

 private:
  void suspend(TaskBase& task) {
    Descriptors& table = task.core().loop().descriptors();
    waiting_ = {&task};
    table.wait_once(fd_, direction_, waiting_);
    table_ = &table;
    task_ = &task;
    task.wait_at(*this);
  }
  // True if the event had not come yet. [I1]
  bool leave() {
    Descriptors* const table = std::exchange(table_, nullptr);
    return table != nullptr &&
           table->leave(fd_, direction_, waiting_, watch_on_);
  }

  const int fd_;
  const Direction direction_;
  const bool watch_on_;
  Descriptors* table_ = nullptr;  // while it is registered there
  TaskBase* task_ = nullptr;
  Descriptors::Waiting waiting_{nullptr};
};

// co_await readable(fd);
inline Readiness readable(int fd) {
  return Readiness(fd, Direction::kRead, false);
}
inline Readiness writable(int fd) {
  return Readiness(fd, Direction::kWrite, false);
}

}  // namespace loop

#endif  // LOOP_READINESS_H_
