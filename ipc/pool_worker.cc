#include "ipc/pool_worker.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <exception>
#include <utility>

#include "ipc/errors.h"
#include "ipc/remote_error.h"
#include "os/signals.h"

namespace ipc {

namespace {

// To a worker that sleeps: a frame without content.
constexpr std::array<std::byte, kFrameHead> kWakeUp = {};

}  // namespace

PoolWorker::PoolWorker(TaskRing& ring, TaskRing::WorkerId id,
                       const std::function<void()>& initializer,
                       std::optional<size_t> max_tasks)
    : PoolWorker(ring, id, os::make_pipe(), os::make_pipe(), initializer,
                 max_tasks) {}

PoolWorker::PoolWorker(TaskRing& ring, TaskRing::WorkerId id, os::Pipe tasks,
                       os::Pipe replies,
                       const std::function<void()>& initializer,
                       std::optional<size_t> max_tasks)
    : tasks_(std::move(tasks.writer)),
      reply_fd_(std::move(replies.reader)),
      process_(&serve_pool, std::move(tasks.reader), std::move(replies.writer),
               &ring, id, &*signs_, initializer, max_tasks),
      max_tasks_(max_tasks) {
  os::ignore_sigpipe();
  os::set_nonblocking(task_fd(), true);
  os::set_nonblocking(reply_fd(), true);
  process_.set_name("PoolWorker");
  process_.set_daemon(true);
  process_.start();
}

bool PoolWorker::wake() {
  // One that gets a long task is awake, whatever it has said before.
  if (!unsent_.empty() || retired() || !signs_->asleep ||
      !signs_->asleep.exchange(false)) {
    return false;
  }
  send(kWakeUp);
  return true;
}

void PoolWorker::send(std::span<const std::byte> frame) {
  // What a full pipe has not taken can only be a call, which this is as well.
  unsent_ = frame;
  flush();
}

void PoolWorker::flush() {
  try {
    while (!unsent_.empty()) {
      const auto count = os::write_some(task_fd(), unsent_);
      if (!count) {
        return;
      }
      unsent_ = unsent_.subspan(*count);
    }
  } catch (...) {
    // EPIPE: it has died. Or the system refuses: then it would sleep beside its
    // work for ever, and is killed. Either way its sentinel will say so.
    unsent_ = {};
    process_.kill();
  }
}

std::optional<PoolWorker::Message> PoolWorker::next_message(bool answers_long) {
  const auto length = messages_.announced();
  if (!length) {
    return std::nullopt;
  }
  const bool is_news = *length == sizeof(PoolMessageHead);
  const bool is_answer = answers_long && *length > sizeof(PoolMessageHead);
  // As much of the mark as is here: a length that lies may never be reached.
  const uint64_t mark = pool_mark_of(messages_seen_);
  const auto expected = std::as_bytes(std::span(&mark, 1));
  const auto arrived = *messages_.front();
  const size_t seen = std::min(arrived.size(), expected.size());
  if (!(is_news || is_answer) ||
      !std::ranges::equal(arrived.first(seen), expected.first(seen))) {
    throw DecodeError("bytes in a pool's pipe that are no message");
  }
  const auto message = messages_.next();
  if (!message) {
    return std::nullopt;
  }
  ++messages_seen_;
  PoolMessageHead head;
  std::memcpy(&head, message->data(), sizeof head);
  return Message{.place = head.place, .answer = message->subspan(sizeof head)};
}

void PoolWorker::distrust() {
  trusted_ = false;
  process_.kill();
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
  } catch (...) {
    // No value, or one that cannot be made here: no memory, or its constructor
    // throws.
    error = std::current_exception();
  }
  task.job->failed(task.chunk, error);
}

}  // namespace ipc
