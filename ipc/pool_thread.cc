// The pool's own thread: replies delivered, the dead buried.
#include <exception>
#include <map>
#include <memory>
#include <optional>
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
  const auto count = worker.read_replies();
  if (!count) {
    return Came::kNothing;
  }
  if (*count == 0) {
    return Came::kEnd;
  }
  std::optional<PoolTask> task;
  std::span<const std::byte> answer;
  bool sound = true;
  {
    const os::MutexLock lock(mu_);
    try {
      // Once more after the one: nothing may be left.
      while (const auto arrived = worker.next_answer()) {
        answer = *arrived;
        task = worker.take_answered();
      }
    } catch (const DecodeError&) {
      sound = false;
    } catch (const std::system_error&) {
      sound = false;  // a length that is none
    }
    if (task && sound) {
      dispatch();
      retire_if_done();
    }
  }
  if (task) {
    deliver(*task, answer);
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
  std::map<WorkerId, std::unique_ptr<PoolWorker>> bodies;
  {
    const os::MutexLock lock(mu_);
    if (state_ == State::kTerminated) {
      return;
    }
    worker->process().join();
    obituary = worker->obituary();
    if (on_death_ == OnDeath::kBreak && !worker->retired()) {
      failures = break_up(obituary);
      bodies = std::exchange(workers_, {});  // killed and reaped below
    } else {
      unwatch(*worker);
      remains = worker->take_remains();
      bodies.insert(workers_.extract(id));
      if (remains.untouched) {
        ready_.push_front(std::move(*remains.untouched));  // [I2]
      }
      failures = add_missing_workers();
      dispatch();
      retire_if_done();
    }
  }
  bodies.clear();
  if (remains.lost) {
    failures.push_back({std::move(*remains.lost),
                        std::make_exception_ptr(
                            WorkerDied(obituary + " while it held this job"))});
  }
  tell(failures);
}

// Ends it all. The caller kills the workers.
std::vector<PoolCore::Failure> PoolCore::break_up(const std::string& obituary) {
  state_ = State::kTerminated;
  broken_ = std::make_exception_ptr(
      BrokenProcessPool(obituary + ", which broke the executor"));
  std::vector<Failure> failures;
  for (const auto& [id, worker] : workers_) {
    if (auto task = worker->take_held()) {
      failures.push_back({std::move(*task), broken_});
    }
  }
  for (PoolTask& task : std::exchange(ready_, {})) {
    failures.push_back({std::move(task), broken_});
  }
  return failures;
}

}  // namespace ipc
