// The pool and its ring: tasks laid out, answers taken in.
#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "ipc/errors.h"
#include "ipc/pool_core.h"

namespace ipc {

void PoolCore::dispatch() {
  const auto takers = static_cast<size_t>(std::ranges::count_if(
      workers_,
      [](const auto& worker) { return worker.second->takes_tasks(); }));
  while (!ready_.empty() && ring_.has_room()) {
    if (ready_.front().job->cancellable() && ring_.size() >= takers) {
      break;  // it waits here, where it can be called off
    }
    PoolTask task = std::move(ready_.front());
    ready_.pop_front();
    if (task.job->begin(task.chunk)) {
      const size_t place = ring_.post(task.content());
      unsent_[place] = task.content().size() > TaskRing::kRoom;
      posted_[place] = std::move(task);
    }
  }
  // One for each task that is there to be taken, and who was woken for an
  // earlier one and is still on his way may count twice. [I3]
  size_t waiting = ring_.waiting();
  for (const auto& [id, worker] : workers_) {
    if (waiting == 0) {
      break;
    }
    waiting -= worker->wake() ? 1 : 0;
  }
}

PoolTask PoolCore::clear(size_t place) {
  ring_.clear(place);
  unsent_[place] = false;
  return std::exchange(posted_[place], {});
}

std::optional<PoolTask> PoolCore::withdraw() {
  for (size_t step = 0; step < ring_.places(); ++step) {
    const size_t place = ring_.place_in_order(step);
    if (ring_.used(place) && ring_.withdraw(place)) {
      return clear(place);
    }
  }
  return std::nullopt;
}

bool PoolCore::work_waits() const {
  for (size_t place = 0; place < ring_.places(); ++place) {
    if (ring_.used(place) &&
        ring_.look(place).stage == TaskRing::Stage::kPosted) {
      return true;
    }
  }
  return !ready_.empty();
}

bool PoolCore::take_answers(std::vector<WorkerId> senders, Answers& answers) {
  struct Answered {
    size_t place;
    PoolWorker* worker;
  };
  std::vector<Answered> answered;
  bool news = false;
  for (size_t step = 0; step < ring_.places(); ++step) {
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
      unsent_[place] = false;
      news = true;
    }
  }
  // If a job wrote nonsense into the pipe, it did so before it was done: by now
  // that has arrived, and the answer does not count. [I6]
  std::vector<const PoolWorker*> unread;
  for (const auto& [id, worker] : workers_) {
    if (std::ranges::find(senders, id) != senders.end() &&
        !take_messages(id, *worker, answers)) {
      unread.push_back(worker.get());
      news = true;
    }
  }
  for (const auto& [place, worker] : answered) {
    if (worker->trusted() &&
        std::ranges::find(unread, worker) == unread.end()) {
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
  constexpr int kReads = 4;  // the others wait as well
  try {
    for (int read = 0; read < kReads; ++read) {
      const auto count = worker.read_messages();
      if (count == 0) {
        // One that was told to end is let do so in peace: it may have output
        // to flush. Another one is of no use any more.
        events_.unwatch(worker.reply_fd());
        if (!worker.retired()) {
          worker.process().kill();  // the sentinel will call bury()
        }
      }
      if (count.value_or(0) == 0) {
        return true;
      }
      while (const auto message = worker.next_message(answers_long(id))) {
        if (message->answer.empty()) {
          continue;  // news in the ring, which brought us here
        }
        if (!is_answered_long(message->place, id)) {
          throw DecodeError("an answer to nothing that was asked");
        }
        worker.count_answer();
        answers.push_back(
            {clear(message->place),
             Bytes(message->answer.begin(), message->answer.end())});
      }
    }
    return false;
  } catch (const DecodeError&) {
    distrust(worker);
  } catch (const std::system_error&) {
    distrust(worker);  // a length that is none
  }
  return true;
}

void PoolCore::distrust(PoolWorker& worker) {
  events_.unwatch(worker.reply_fd());
  worker.distrust();
}

bool PoolCore::is_answered_long(size_t place, WorkerId id) const {
  if (place >= ring_.places() || !ring_.used(place)) {
    return false;
  }
  const auto [stage, worker] = ring_.look(place);
  return stage == TaskRing::Stage::kAnswersLong && worker == id;
}

bool PoolCore::answers_long(WorkerId id) const {
  for (size_t place = 0; place < ring_.places(); ++place) {
    if (is_answered_long(place, id)) {
      return true;
    }
  }
  return false;
}

// What ends with a dead worker: the task it had taken, or answered if it is not
// to be believed.
std::vector<PoolTask> PoolCore::take_remains(WorkerId id,
                                             const PoolWorker& worker) {
  std::vector<PoolTask> lost;
  for (size_t place = 0; place < ring_.places(); ++place) {
    if (ring_.used(place) && ring_.look(place).worker == id) {
      lost.push_back(clear(place));
    }
  }
  // One that did not even start takes a task with it: if workers cannot start
  // at all, that is what brings the attempts to an end.
  if (lost.empty() && !worker.has_started() && !worker.retired()) {
    if (auto task = withdraw()) {
      lost.push_back(std::move(*task));
    }
  }
  return lost;
}

}  // namespace ipc
