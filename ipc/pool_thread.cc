// The pool's own thread: replies delivered, the dead buried.
#include <iterator>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "ipc/errors.h"
#include "ipc/pool_core.h"

namespace ipc {

bool PoolCore::ended() {
  const os::MutexLock lock(mu_);
  return state_ == State::kTerminated ||
         (state_ == State::kClosed && sources_ == 0 && ready_.empty() &&
          workers_.empty());
}

void PoolCore::run() {
  while (!ended()) {
    for (const PoolEvents::Event& event : events_.wait()) {
      switch (event.what) {
        case PoolEvents::What::kReplied:
          take_replies(event.worker);
          break;
        case PoolEvents::What::kHasRoom:
          send_rest(event.worker);
          break;
        case PoolEvents::What::kEnded:
          bury(event.worker);
          break;
      }
    }
  }
}

PoolWorker* PoolCore::find(WorkerId id) {
  const os::MutexLock lock(mu_);
  const auto found = workers_.find(id);
  return found == workers_.end() || state_ == State::kTerminated
             ? nullptr
             : found->second.get();
}

void PoolCore::send_rest(WorkerId id) {
  if (PoolWorker* const worker = find(id)) {
    const os::MutexLock lock(mu_);
    if (!worker->retired()) {
      worker->flush();
    }
  }
}

void PoolCore::take_replies(WorkerId id) {
  PoolWorker* const worker = find(id);
  if (worker == nullptr || deliver_some(*worker) != Came::kEnd) {
    return;
  }
  // The end of its replies. One that was told to end is let do so in peace:
  // it may have output to flush. Another one is of no use any more.
  events_.unwatch(worker->reply_fd());
  const os::MutexLock lock(mu_);
  if (!worker->retired()) {
    worker->process().kill();  // the sentinel will call bury()
  }
}

PoolCore::Came PoolCore::deliver_some(PoolWorker& worker) {
  const auto count = worker.replies().read_from(worker.reply_fd());
  if (!count) {
    return Came::kNothing;
  }
  if (*count == 0) {
    return Came::kEnd;
  }
  struct Answer {
    PoolTask task;
    std::span<const std::byte> reply;
  };
  std::vector<Answer> answers;
  bool sound = true;
  {
    const os::MutexLock lock(mu_);
    try {
      while (const auto reply = worker.replies().next()) {
        if (worker.held().empty()) {
          sound = false;  // an answer to nothing: some job wrote into the pipe
          break;
        }
        answers.push_back({worker.take_answered(), *reply});
      }
    } catch (const std::system_error&) {
      sound = false;  // bytes that are no frame, likewise
    }
    if (!answers.empty()) {
      worker.note_replies(answers.size());
      dispatch();
      retire_if_done();
    }
  }
  for (const Answer& answer : answers) {
    deliver(answer.task, answer.reply);
  }
  return sound ? Came::kReplies : Came::kEnd;
}

void PoolCore::bury(WorkerId id) {
  PoolWorker* const worker = find(id);
  if (worker == nullptr) {
    return;
  }
  // Replies that it managed to write count.
  while (deliver_some(*worker) == Came::kReplies) {
  }
  PoolWorker::Remains remains;
  std::string obituary;
  std::vector<Failure> failures;
  std::unique_ptr<PoolWorker> body;
  {
    const os::MutexLock lock(mu_);
    if (state_ == State::kTerminated) {
      return;
    }
    worker->process().join();
    events_.unwatch(worker->reply_fd());
    events_.unwatch(worker->process().sentinel());
    if (!worker->retired()) {
      events_.unwatch(worker->task_fd());
    }
    remains = worker->take_remains();
    obituary = worker->obituary();
    body = std::move(workers_.at(id));
    workers_.erase(id);
    ready_.insert(ready_.begin(),
                  std::make_move_iterator(remains.untouched.begin()),
                  std::make_move_iterator(remains.untouched.end()));  // [I2]
    failures = add_missing_workers();
    dispatch();
    retire_if_done();
  }
  if (remains.lost) {
    failures.push_back({std::move(*remains.lost),
                        std::make_exception_ptr(
                            WorkerDied(obituary + " while it held this job"))});
  }
  tell(failures);
}

}  // namespace ipc
