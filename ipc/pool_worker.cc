#include "ipc/pool_worker.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

#include "ipc/remote_error.h"
#include "os/signals.h"

namespace ipc {

namespace {

// A worker is given about this much work ahead, so that it need not wait for
// the next task. More would leave work in one worker while another is idle.
constexpr scheduler::Duration kWorkAhead = std::chrono::microseconds(100);
constexpr int64_t kMaxWindow = 64;

// Runs one task and leaves its reply, a whole frame, in `reply`.
void run_task(std::span<const std::byte> task, Bytes& reply) {
  reply.clear();
  const size_t frame = begin_frame(reply);
  try {
    Decoder in(task);
    const auto runner = decode_from<Runner>(in);
    const auto function = decode_from<AnyFunction>(in);
    encode_to(reply, true);
    runner(function, in, reply);
    end_frame(reply, frame);
  } catch (...) {
    const ErrorReport error = current_error();
    reply.clear();
    begin_frame(reply);
    encode_to(reply, false);
    encode_to(reply, error);
    end_frame(reply, frame);
  }
}

// How many tasks the worker has begun; it writes, the pool reads when it is
// dead. Relaxed on both sides: by then the system has ended one process and
// told the other, which orders more than any fence.
using BegunCount = std::atomic<uint64_t>;
static_assert(BegunCount::is_always_lock_free,
              "a lock inside would be one per process");

// The life of a worker.
void serve(os::UniqueFd tasks, os::UniqueFd replies, BegunCount* begun,
           const std::function<void()>& initializer) {
  if (initializer) {
    initializer();
  }
  FrameReader incoming;
  Bytes reply;
  do {
    while (const auto task = incoming.next()) {
      begun->fetch_add(1, std::memory_order_relaxed);  // see BegunCount
      run_task(*task, reply);
      try {
        // At once, and not together with the next one: a reply that waits in
        // here is lost when the next task kills us.
        os::write_all(replies.get(), reply);
      } catch (const std::system_error& error) {
        if (error.code().value() == EPIPE) {
          return;  // the pool's process is gone
        }
        throw;
      }
    }
  } while (incoming.read_from(tasks.get()) != 0);
}

}  // namespace

PoolWorker::PoolWorker(const std::function<void()>& initializer,
                       std::optional<size_t> max_tasks)
    : PoolWorker(os::make_pipe(), os::make_pipe(), initializer, max_tasks) {}

PoolWorker::PoolWorker(os::Pipe tasks, os::Pipe replies,
                       const std::function<void()>& initializer,
                       std::optional<size_t> max_tasks)
    : page_(os::Mapping::anonymous(sizeof(BegunCount),
                                   os::Mapping::Sharing::kShared)),
      tasks_(std::move(tasks.writer)),
      reply_fd_(std::move(replies.reader)),
      process_(&serve, std::move(tasks.reader), std::move(replies.writer),
               new (page_.data()) BegunCount(0), initializer),
      tasks_left_(max_tasks) {
  os::ignore_sigpipe();
  os::set_nonblocking(task_fd(), true);
  os::set_nonblocking(reply_fd(), true);
  process_.set_name("PoolWorker");
  process_.set_daemon(true);
  process_.start();
}

size_t PoolWorker::window() const {
  if (!task_time_) {
    return 1;
  }
  const int64_t nanoseconds = std::max<int64_t>(task_time_->count(), 1);
  return static_cast<size_t>(
      std::clamp<int64_t>(kWorkAhead.count() / nanoseconds, 1, kMaxWindow));
}

void PoolWorker::hand(PoolTask task) {
  assert(!retired() && !used_up() && "this worker takes no more tasks");
  if (held_.empty()) {
    busy_since_ = scheduler::SteadyClock::instance().now();
  }
  if (tasks_left_) {
    --*tasks_left_;
  }
  outgoing_.insert(outgoing_.end(), task.frame.begin(), task.frame.end());
  held_.push_back(std::move(task));
}

bool PoolWorker::flush() {
  while (written_ < outgoing_.size()) {
    std::optional<size_t> count;
    try {
      count = os::write_some(task_fd(), std::span(outgoing_).subspan(written_));
    } catch (const std::system_error& error) {
      if (error.code().value() != EPIPE) {
        throw;
      }
      return true;  // it has died, and its sentinel will say so
    }
    if (!count) {
      return false;
    }
    written_ += *count;
  }
  outgoing_.clear();
  written_ = 0;
  return true;
}

PoolTask PoolWorker::take_answered() {
  assert(!held_.empty() && "a worker answers only what it was asked");
  PoolTask task = std::move(held_.front());
  held_.pop_front();
  ++answered_;
  return task;
}

void PoolWorker::note_replies(size_t count) {
  const scheduler::TimePoint now = scheduler::SteadyClock::instance().now();
  const scheduler::Duration each =
      (now - std::exchange(busy_since_, now)) / static_cast<int64_t>(count);
  // Growing with care, shrinking at once: one slow task behind another is
  // worse than one more trip.
  task_time_ = task_time_ ? std::max(each, (*task_time_ + each) / 2) : each;
}

PoolWorker::Remains PoolWorker::take_remains() {
  // Relaxed: the worker has ended, see BegunCount.
  const uint64_t begun =
      std::launder(reinterpret_cast<const BegunCount*>(page_.data()))
          ->load(std::memory_order_relaxed);
  Remains remains;
  // One that never began anything takes a task with it as well: if workers
  // cannot start at all, that is what brings the attempts to an end.
  if (!held_.empty() && (begun > answered_ || begun == 0)) {
    remains.lost = take_answered();
  }
  remains.untouched = std::move(held_);
  return remains;
}

std::string PoolWorker::obituary() {
  const int code = process_.exitcode().value();
  return "worker " + std::to_string(process_.pid().value()) +
         (code < 0 ? " was killed by signal " + std::to_string(-code)
                   : " ended with exit code " + std::to_string(code));
}

void deliver(const PoolTask& task, std::span<const std::byte> reply) {
  std::exception_ptr error;
  try {
    Decoder in(reply);
    if (decode_from<bool>(in)) {
      task.job->succeeded(task.chunk, in);
      return;
    }
    error = make_error(decode_from<ErrorReport>(in));
  } catch (const DecodeError&) {
    error = std::current_exception();
  }
  task.job->failed(task.chunk, error);
}

}  // namespace ipc
