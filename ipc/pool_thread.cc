// The pool's own thread: answers delivered, the dead buried.
#include <algorithm>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
  std::vector<WorkerId> senders;
  while (!ended()) {
    bool sleep = false;
    if (!take_news(senders)) {
      ring_.begin_sleep();
      sleep = !take_news({});  // what came before that was seen
    }
    senders.clear();
    for (const PoolEvents::Event& event : events_.wait(sleep)) {
      switch (event.what) {
        case PoolEvents::What::kReplied:
          senders.push_back(event.worker);
          break;
        case PoolEvents::What::kHasRoom:
          send_rest(event.worker);
          break;
        case PoolEvents::What::kEnded:
          bury(event.worker);
          break;
      }
    }
    ring_.end_sleep();
  }
}

PoolWorker* PoolCore::find(WorkerId id) {
  const auto found = workers_.find(id);
  return found == workers_.end() || state_ == State::kTerminated
             ? nullptr
             : found->second.get();
}

void PoolCore::send_rest(WorkerId id) {
  const os::MutexLock lock(mu_);
  if (PoolWorker* const worker = find(id); worker && !worker->retired()) {
    worker->flush();
  }
}

bool PoolCore::take_news(const std::vector<WorkerId>& senders) {
  Answers answers;
  bool news = !senders.empty();
  {
    const os::MutexLock lock(mu_);
    if (state_ != State::kTerminated) {
      news |= take_answers(senders, answers);
      dispatch();
      retire_if_done();
    }
  }
  deliver_all(answers);
  return news;
}

void PoolCore::deliver_all(const Answers& answers) {
  for (const auto& [task, bytes] : answers) {
    deliver(task, bytes);
  }
}

void PoolCore::bury(WorkerId id) {
  Answers answers;
  std::vector<Failure> failures;
  std::map<WorkerId, std::unique_ptr<PoolWorker>> bodies;
  {
    const os::MutexLock lock(mu_);
    PoolWorker* const worker = find(id);
    if (worker == nullptr) {
      return;
    }
    worker->process().join();
    // Answers that it managed to give count.
    while (take_messages(id, *worker, answers)) {
    }
    take_answers({}, answers);
    if (on_death_ == OnDeath::kBreak && !worker->retired()) {
      failures = break_up(worker->obituary());
      bodies = std::exchange(workers_, {});  // killed and reaped below
    } else {
      unwatch(*worker);
      bodies.insert(workers_.extract(id));
      failures = take_remains(id, *worker);
      std::ranges::move(add_missing_workers(), std::back_inserter(failures));
      dispatch();
      retire_if_done();
    }
  }
  bodies.clear();
  deliver_all(answers);
  tell(failures);
}

// Ends it all: nobody waits for events any more. The caller kills the workers.
std::vector<PoolCore::Failure> PoolCore::break_up(const std::string& obituary) {
  state_ = State::kTerminated;
  broken_ = std::make_exception_ptr(
      BrokenProcessPool(obituary + ", which broke the executor"));
  std::vector<Failure> failures;
  for (size_t place = 0; place < ring_.places(); ++place) {
    if (ring_.used(place)) {
      failures.push_back({clear(place), broken_});
    }
  }
  for (PoolTask& task : std::exchange(ready_, {})) {
    failures.push_back({std::move(task), broken_});
  }
  return failures;
}

}  // namespace ipc
