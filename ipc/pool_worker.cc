#include "ipc/pool_worker.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <new>
#include <system_error>
#include <utility>

#include "ipc/errors.h"
#include "ipc/remote_error.h"
#include "os/signals.h"

namespace ipc {

namespace {

// Stands at the head of each reply, with the number of the reply. Bytes that
// some job wrote into the pipe may pass for a length, but hardly for this too.
using Mark = uint64_t;
constexpr Mark mark_of(uint64_t number) {
  return 0x504f'4f4c'0000'0000 ^ number;
}

// Runs one task and leaves its reply, a whole frame, in `reply`.
void run_task(std::span<const std::byte> task, Mark mark, Bytes& reply) {
  const auto begin_reply = [&] {
    reply.clear();
    const size_t frame = begin_frame(reply);
    encode_to(reply, mark);
    return frame;
  };
  size_t frame = begin_reply();
  try {
    Decoder in(task);
    const auto runner = decode_from<Runner>(in);
    const auto function = decode_from<AnyFunction>(in);
    encode_to(reply, true);
    runner(function, in, reply);
    end_frame(reply, frame);
  } catch (...) {
    const ErrorReport error = current_error();
    frame = begin_reply();
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
      // see BegunCount
      const uint64_t number = begun->fetch_add(1, std::memory_order_relaxed);
      run_task(*task, mark_of(number), reply);
      try {
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

void PoolWorker::hand(PoolTask task) {
  assert(takes_a_task() && "one task at a time");
  if (tasks_left_) {
    --*tasks_left_;
  }
  held_ = std::move(task);
  written_ = 0;
}

void PoolWorker::flush() {
  try {
    while (held_ && written_ < held_->frame.size()) {
      const auto count =
          os::write_some(task_fd(), std::span(held_->frame).subspan(written_));
      if (!count) {
        return;
      }
      written_ += *count;
    }
  } catch (const std::system_error& error) {
    if (error.code().value() != EPIPE) {
      throw;
    }
    // It has died, and its sentinel will say so.
  }
}

std::optional<std::span<const std::byte>> PoolWorker::next_answer() {
  const auto arrived = replies_.front();
  if (!arrived) {
    return std::nullopt;
  }
  // As much of the mark as is here: a length that lies may never be reached.
  const Mark mark = mark_of(answered_);
  const auto expected = std::as_bytes(std::span(&mark, 1));
  const size_t seen = std::min(arrived->size(), expected.size());
  const bool asked = held_ && written_ == held_->frame.size();
  if (!asked ||
      !std::ranges::equal(arrived->first(seen), expected.first(seen))) {
    throw DecodeError("a reply to nothing that was asked");
  }
  const auto reply = replies_.next();
  if (!reply) {
    return std::nullopt;
  }
  if (reply->size() < sizeof mark) {
    throw DecodeError("a reply that is too short");
  }
  return reply->subspan(sizeof mark);
}

PoolTask PoolWorker::take_answered() {
  assert(held_ && "a worker answers only what it was asked");
  ++answered_;
  PoolTask task = std::move(*held_);
  held_.reset();
  return task;
}

PoolWorker::Remains PoolWorker::take_remains() {
  // Relaxed: the worker has ended, see BegunCount.
  const uint64_t begun =
      std::launder(reinterpret_cast<const BegunCount*>(page_.data()))
          ->load(std::memory_order_relaxed);
  Remains remains;
  // One that never began anything takes a task with it as well: if workers
  // cannot start at all, that is what brings the attempts to an end.
  (begun > answered_ || begun == 0 ? remains.lost : remains.untouched) =
      take_held();
  return remains;
}

std::string PoolWorker::obituary() {
  const int code = process_.exitcode().value();
  return "worker " + std::to_string(process_.pid().value()) +
         (code < 0 ? " was killed by signal " + std::to_string(-code)
                   : " ended with exit code " + std::to_string(code));
}

void deliver(const PoolTask& task, std::span<const std::byte> answer) {
  std::exception_ptr error;
  try {
    Decoder in(answer);
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
