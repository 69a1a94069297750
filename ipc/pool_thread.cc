// The pool's own thread: answers delivered, the dead buried.
#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
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

bool PoolCore::take_answers(std::vector<WorkerId> senders, Answers& answers) {
  struct Answered {
    size_t place;
    PoolWorker* worker;
  };
  std::vector<Answered> answered;
  bool news = false;
  for (size_t step = 0; step < TaskRing::kPlaces; ++step) {
    const size_t place = ring_.place_in_order(step);
    if (!ring_.used(place)) {
      continue;
    }
    const auto [stage, id] = ring_.look(place);
    PoolWorker* const worker = find(id);
    if (worker == nullptr || !worker->trusted()) {
      continue;
    }
    if (stage == TaskRing::Stage::kAnswered) {
      answered.push_back({place, worker});
      senders.push_back(id);
    } else if (stage == TaskRing::Stage::kTaken && unsent_[place]) {
      worker->send(posted_[place].frame);
      unsent_.reset(place);
      news = true;
    }
  }
  // If a job wrote nonsense into the pipe, it did so before it was done: by now
  // that has arrived, and the answer does not count. [I6]
  for (const auto& [id, worker] : workers_) {
    if (std::ranges::find(senders, id) != senders.end()) {
      take_messages(id, *worker, answers);
    }
  }
  for (const auto& [place, worker] : answered) {
    if (worker->trusted()) {
      const auto bytes = ring_.answer(place);
      worker->count_answer();
      answers.push_back({clear(place), Bytes(bytes.begin(), bytes.end())});
      news = true;
    }
  }
  return news;
}

bool PoolCore::take_messages(WorkerId id, PoolWorker& worker,
                             Answers& answers) {
  try {
    const auto count = worker.read_messages();
    if (count == 0) {
      // One that was told to end is let do so in peace: it may have output to
      // flush. Another one is of no use any more.
      events_.unwatch(worker.reply_fd());
      if (!worker.retired()) {
        worker.process().kill();  // the sentinel will call bury()
      }
    }
    if (count.value_or(0) == 0) {
      return false;
    }
    while (const auto message = worker.next_message(answers_long(id))) {
      if (message->answer.empty()) {
        continue;  // news in the ring, which brought us here
      }
      if (!is_answered_long(message->place, id)) {
        throw DecodeError("an answer to nothing that was asked");
      }
      worker.count_answer();
      answers.push_back({clear(message->place), Bytes(message->answer.begin(),
                                                      message->answer.end())});
    }
    return true;
  } catch (const DecodeError&) {
    distrust(worker);
  } catch (const std::system_error&) {
    distrust(worker);  // a length that is none
  }
  return false;
}

void PoolCore::distrust(PoolWorker& worker) {
  events_.unwatch(worker.reply_fd());
  worker.distrust();
}

bool PoolCore::is_answered_long(size_t place, WorkerId id) const {
  if (place >= TaskRing::kPlaces || !ring_.used(place)) {
    return false;
  }
  const auto [stage, worker] = ring_.look(place);
  return stage == TaskRing::Stage::kAnswersLong && worker == id;
}

bool PoolCore::answers_long(WorkerId id) const {
  for (size_t place = 0; place < TaskRing::kPlaces; ++place) {
    if (is_answered_long(place, id)) {
      return true;
    }
  }
  return false;
}

void PoolCore::bury(WorkerId id) {
  Answers answers;
  std::vector<PoolTask> lost;
  std::string obituary;
  std::vector<Failure> failures;
  std::map<WorkerId, std::unique_ptr<PoolWorker>> bodies;
  {
    const os::MutexLock lock(mu_);
    PoolWorker* const worker = find(id);
    if (worker == nullptr) {
      return;
    }
    worker->process().join();
    obituary = worker->obituary();
    // Answers that it managed to give count.
    while (take_messages(id, *worker, answers)) {
    }
    take_answers({}, answers);
    if (on_death_ == OnDeath::kBreak && !worker->retired()) {
      failures = break_up(obituary);
      bodies = std::exchange(workers_, {});  // killed and reaped below
    } else {
      unwatch(*worker);
      lost = take_remains(id, *worker);
      bodies.insert(workers_.extract(id));
      failures = add_missing_workers();
      dispatch();
      retire_if_done();
    }
  }
  bodies.clear();
  deliver_all(answers);
  for (PoolTask& task : lost) {
    failures.push_back({std::move(task),
                        std::make_exception_ptr(
                            WorkerDied(obituary + " while it held this job"))});
  }
  tell(failures);
}

// What ends with a dead worker: the task it had taken, or answered if it is not
// to be believed.
std::vector<PoolTask> PoolCore::take_remains(WorkerId id,
                                             const PoolWorker& worker) {
  std::vector<PoolTask> lost;
  for (size_t place = 0; place < TaskRing::kPlaces; ++place) {
    if (ring_.used(place) && ring_.look(place).worker == id) {
      lost.push_back(clear(place));
    }
  }
  // One that never did anything takes a task with it as well: if workers
  // cannot start at all, that is what brings the attempts to an end.
  if (lost.empty() && !worker.has_answered() && !worker.retired()) {
    if (auto task = withdraw()) {
      lost.push_back(std::move(*task));
    }
  }
  return lost;
}

// Ends it all. The caller kills the workers.
std::vector<PoolCore::Failure> PoolCore::break_up(const std::string& obituary) {
  state_ = State::kTerminated;
  broken_ = std::make_exception_ptr(
      BrokenProcessPool(obituary + ", which broke the executor"));
  std::vector<Failure> failures;
  for (size_t place = 0; place < TaskRing::kPlaces; ++place) {
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
