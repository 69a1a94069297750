#include "ipc/pool_worker.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>
#include <utility>

#include "ipc/errors.h"
#include "ipc/remote_error.h"
#include "os/signals.h"

namespace ipc {

namespace {

// Stands at the head of each message of a worker. Bytes that some job wrote
// into the pipe may pass for a length, but hardly for the mark too, which is
// made of the message's number.
struct Head {
  uint64_t mark;
  uint64_t place;  // of the task that it answers, if it does
};
constexpr uint64_t mark_of(uint64_t number) {
  return 0x504f'4f4c'0000'0000 ^ number;
}

// To a worker that sleeps: a frame without content.
constexpr std::array<std::byte, 4> kWakeUp = {};

// A message opened in `out`, with nothing in it yet but its head. To be closed
// by end_frame(out, 0).
void begin_message(Bytes& out, const Head& head) {
  out.clear();
  begin_frame(out);
  const auto bytes = std::as_bytes(std::span(&head, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Runs one task and leaves its answer in `answer`, as a whole message.
void run_task(std::span<const std::byte> task, const Head& head,
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

// The life of a worker, in its own process.
class Servant {
 public:
  Servant(TaskRing& ring, TaskRing::WorkerId id, std::atomic<bool>& asleep,
          os::UniqueFd tasks, os::UniqueFd replies)
      : ring_(ring),
        id_(id),
        asleep_(asleep),
        tasks_(std::move(tasks)),
        replies_(std::move(replies)) {}

  void serve(std::optional<size_t> max_tasks) {
    for (size_t done = 0; done != max_tasks; ++done) {
      const auto task = wait_for_task();
      if (!task) {
        return;
      }
      const auto content = task->content ? task->content : receive();
      if (!content) {
        return;
      }
      run_task(*content, {mark_of(messages_), task->place}, message_);
      const auto answer =
          std::span(message_).subspan(kFrameHead + sizeof(Head));
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
    for (;;) {
      if (auto task = ring_.take(id_)) {
        return task;
      }
      // Said before the last look: see PoolWorker::wake().
      asleep_.store(true);
      if (auto task = ring_.take(id_)) {
        asleep_.store(false);
        return task;
      }
      if (!read_tasks()) {
        return std::nullopt;
      }
      asleep_.store(false);
      while (incoming_.next()) {
        // wake-up calls only
      }
    }
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
      begin_message(message_, {mark_of(messages_), 0});
      end_frame(message_, 0);
      send_message();
    }
  }

  void send_message() {
    os::write_all(replies_.get(), message_);
    ++messages_;
  }

  TaskRing& ring_;
  const TaskRing::WorkerId id_;
  std::atomic<bool>& asleep_;
  const os::UniqueFd tasks_;
  const os::UniqueFd replies_;
  FrameReader incoming_;
  Bytes message_;
  uint64_t messages_ = 0;     // sent
  uint32_t ended_sleep_ = 0;  // of the pool, by us
};

void serve(os::UniqueFd tasks, os::UniqueFd replies, TaskRing* ring,
           TaskRing::WorkerId id, std::atomic<bool>* asleep,
           const std::function<void()>& initializer,
           std::optional<size_t> max_tasks) {
  if (initializer) {
    initializer();
  }
  Servant servant(*ring, id, *asleep, std::move(tasks), std::move(replies));
  try {
    servant.serve(max_tasks);
  } catch (const std::system_error& error) {
    if (error.code().value() != EPIPE) {
      throw;
    }
    // The pool's process is gone.
  }
}

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
      process_(&serve, std::move(tasks.reader), std::move(replies.writer),
               &ring, id, &*asleep_, initializer, max_tasks),
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
  if (!unsent_.empty() || retired() || !asleep_->load() ||
      !asleep_->exchange(false)) {
    return false;
  }
  send(kWakeUp);
  return true;
}

void PoolWorker::send(std::span<const std::byte> frame) {
  assert(unsent_.empty() && "one task at a time");
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
  } catch (const std::system_error& error) {
    if (error.code().value() != EPIPE) {
      throw;
    }
    // It has died, and its sentinel will say so.
    unsent_ = {};
  }
}

std::optional<PoolWorker::Message> PoolWorker::next_message(bool answers_long) {
  const auto length = messages_.announced();
  if (!length) {
    return std::nullopt;
  }
  const bool is_news = *length == sizeof(Head);
  const bool is_answer = answers_long && *length > sizeof(Head);
  // As much of the mark as is here: a length that lies may never be reached.
  const uint64_t mark = mark_of(messages_seen_);
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
  Head head;
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
  } catch (const DecodeError&) {
    error = std::current_exception();
  }
  task.job->failed(task.chunk, error);
}

}  // namespace ipc
