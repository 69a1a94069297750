#include "ipc/pool_servant.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "ipc/pool_task.h"
#include "ipc/remote_error.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"

namespace ipc {

namespace {

// A message opened in `out`, with nothing in it yet but its head. To be closed
// by end_frame(out, 0).
void begin_message(Bytes& out, const PoolMessageHead& head) {
  out.clear();
  begin_frame(out);
  const auto bytes = std::as_bytes(std::span(&head, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Runs one task and leaves its answer in `answer`, as a whole message.
void run_task(std::span<const std::byte> task, const PoolMessageHead& head,
              Bytes& answer) {
  begin_message(answer, head);
  try {
    Decoder in(task);
    const auto runner = decode_from<Runner>(in);
    const auto function = decode_from<AnyFunction>(in);
    encode_to(answer, true);
    runner(function, in, answer);
    end_frame(answer, 0);
  } catch (...) {
    const ErrorReport error = current_error();
    begin_message(answer, head);
    encode_to(answer, false);
    encode_to(answer, error);
    end_frame(answer, 0);
  }
}

// A child of the worker that comes back from a job in its parent's place would
// answer in its name and read its wake-up calls.
class Lineage {
 public:
  Lineage() {
    static const int registered =
        pthread_atfork(nullptr, nullptr, [] { ++forks_; });
    if (registered != 0) {
      os::throw_error(registered, "pthread_atfork");
    }
  }
  void end_if_child() const {
    if (forks_ != at_birth_) [[unlikely]] {
      _exit(1);
    }
  }

 private:
  static inline int forks_ = 0;  // on the way to this process
  const int at_birth_ = forks_;
};

// The life of a worker, in its own process.
class Servant {
 public:
  Servant(const Lineage& lineage, TaskRing& ring, TaskRing::WorkerId id,
          ServantSigns& signs, os::UniqueFd tasks, os::UniqueFd replies)
      : lineage_(lineage),
        ring_(ring),
        id_(id),
        signs_(signs),
        tasks_(std::move(tasks)),
        replies_(std::move(replies)) {}

  void serve(std::optional<size_t> max_tasks) {
    signs_.started = true;
    if (!sleep()) {
      return;
    }
    for (size_t done = 0; done != max_tasks; ++done) {
      const auto task = wait_for_task();
      if (!task) {
        return;
      }
      const auto content = task->content ? task->content : receive();
      if (!content) {
        return;
      }
      run_task(*content, {pool_mark_of(messages_), task->place}, message_);
      lineage_.end_if_child();
      const auto answer =
          std::span(message_).subspan(kFrameHead + sizeof(PoolMessageHead));
      if (ring_.answer(task->place, answer)) {
        tell_pool();
      } else {
        send_message();
      }
    }
    receive();  // nothing: the pool lets us go
  }

 private:
  // nullopt says that the pool wants nothing any more.
  std::optional<TaskRing::Task> wait_for_task() {
    if (pool_is_gone()) {
      return std::nullopt;
    }
    for (;;) {
      if (auto task = ring_.take(id_)) {
        return task;
      }
      // Said before the last look: one of us sees the other.
      signs_.asleep = true;
      if (auto task = ring_.take(id_)) {
        if (!signs_.asleep.exchange(false)) {
          // Called meanwhile, perhaps for another task than this one. Whoever
          // could do that one is still to be called.
          tell_pool();
        }
        return task;
      }
      if (!sleep()) {
        return std::nullopt;
      }
    }
  }

  // Until a wake-up call comes, or, false, the end of them.
  bool sleep() {
    if (!read_tasks()) {
      return false;
    }
    signs_.asleep = false;
    while (incoming_.next()) {
      // wake-up calls only
    }
    return true;
  }

  // The ring would feed us for a while after the end of the pool's process.
  // The pipe knows; it is asked once a millisecond at the most.
  bool pool_is_gone() {
    const auto now = scheduler::SteadyClock::instance().now();
    if (now - asked_ < std::chrono::milliseconds(1)) {
      return false;
    }
    asked_ = now;
    pollfd end = {.fd = tasks_.get(), .events = 0, .revents = 0};
    return os::syscalls.poll(&end, 1, 0) == 1;  // POLLHUP needs no asking
  }

  // The bytes of the long task that we have taken.
  std::optional<std::span<const std::byte>> receive() {
    tell_pool();
    do {
      while (const auto frame = incoming_.next()) {
        if (!frame->empty()) {  // a wake-up call that came too late
          return frame;
        }
      }
    } while (read_tasks());
    return std::nullopt;
  }
  bool read_tasks() { return incoming_.read_from(tasks_.get()) != 0; }

  // There is news in the ring.
  void tell_pool() {
    const uint32_t sleep = ring_.pool_sleeps();
    if (sleep != 0 && sleep != ended_sleep_) {
      ended_sleep_ = sleep;
      begin_message(message_, {pool_mark_of(messages_), 0});
      end_frame(message_, 0);
      send_message();
    }
  }

  void send_message() {
    os::write_all(replies_.get(), message_);
    ++messages_;
  }

  const Lineage& lineage_;
  TaskRing& ring_;
  const TaskRing::WorkerId id_;
  ServantSigns& signs_;
  const os::UniqueFd tasks_;
  const os::UniqueFd replies_;
  FrameReader incoming_;
  Bytes message_;
  uint64_t messages_ = 0;     // sent
  uint32_t ended_sleep_ = 0;  // of the pool, by us
  scheduler::TimePoint asked_{};
};

}  // namespace

void serve_pool(os::UniqueFd tasks, os::UniqueFd replies, TaskRing* ring,
                TaskRing::WorkerId id, ServantSigns* signs,
                const std::function<void()>& initializer,
                std::optional<size_t> max_tasks) {
  const Lineage lineage;
  if (initializer) {
    initializer();
    lineage.end_if_child();
  }
  Servant servant(lineage, *ring, id, *signs, std::move(tasks),
                  std::move(replies));
  try {
    servant.serve(max_tasks);
  } catch (const std::system_error& error) {
    if (error.code().value() != EPIPE) {
      throw;
    }
    // The pool's process is gone.
  }
}

}  // namespace ipc
