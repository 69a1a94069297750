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
  // One for each task that is there to be taken. Who was called for an earlier
  // one and is still on his way may be one too many; who is still in his
  // initializer comes late, and counts for none. [I3]
  size_t waiting = ring_.waiting();
  for (const auto& [id, worker] : workers_) {
    if (waiting == 0) {
      break;
    }
    waiting -= worker->wake() && worker->has_started() ? 1 : 0;
  }
}

PoolTask PoolCore::clear(size_t place) {
  ring_.clear(place);
  unsent_[place] = false;
  return std::exchange(posted_[place], {});
}

std::optional<PoolTask> PoolCore::withdraw(Of of) {
  for (size_t step = 0; step < ring_.places(); ++step) {
    const size_t place = ring_.place_in_order(step);
    if (ring_.used(place) &&
        (of == Of::kAll || !posted_[place].job->cancellable()) &&
        ring_.withdraw(place)) {
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

bool PoolCore::take_answers(const std::vector<WorkerId>& senders,
                            Answers& answers) {
  bool news = false;
  for (const WorkerId id : senders) {
    if (PoolWorker* const worker = find(id)) {
      news |= take_messages(id, *worker, answers);
    }
  }
  for (size_t step = 0; step < ring_.places(); ++step) {
    const size_t place = ring_.place_in_order(step);
    if (!ring_.used(place)) {
      continue;
    }
    const auto [stage, id] = ring_.look(place);
    PoolWorker* const worker = find(id);
    if (worker == nullptr) {
      continue;
    }
    if (stage == TaskRing::Stage::kAnswered) {
      const auto bytes = ring_.answer(place);
      count_answer(*worker);
      answers.push_back({clear(place), Bytes(bytes.begin(), bytes.end())});
      news = true;
    } else if (stage == TaskRing::Stage::kTaken && unsent_[place]) {
      worker->send(posted_[place].frame);
      unsent_[place] = false;
      news = true;
    }
  }
  return news;
}

void PoolCore::count_answer(PoolWorker& worker) {
  if (!worker.has_answered()) {
    vain_deaths_ = 0;  // they can start
  }
  worker.count_answer();
}

bool PoolCore::makes_do() const {
  return vain_deaths_ > processes_ &&
         std::ranges::any_of(workers_, [](const auto& worker) {
           return worker.second->has_started();
         });
}

bool PoolCore::take_messages(WorkerId id, PoolWorker& worker,
                             Answers& answers) {
  if (!worker.trusted()) {
    return false;
  }
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
      count_answer(worker);
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

// What ends with a dead worker: the task it had taken.
std::vector<PoolCore::Failure> PoolCore::take_remains(WorkerId id,
                                                      PoolWorker& worker) {
  std::vector<Failure> lost;
  const auto lose = [&](PoolTask task, const char* when) {
    lost.push_back({std::move(task), std::make_exception_ptr(WorkerDied(
                                         worker.obituary() + when))});
  };
  for (size_t place = 0; place < ring_.places(); ++place) {
    if (ring_.used(place) && ring_.look(place).worker == id) {
      lose(clear(place), " while it held this job");
    }
  }
  if (!lost.empty() || worker.has_answered() || worker.retired() ||
      !work_waits()) {
    return lost;
  }
  if (++vain_deaths_ > processes_ && !makes_do()) {
    // Workers cannot start at all: this brings the attempts to an end.
    if (auto task = withdraw(Of::kAll)) {
      lose(std::move(*task), " before it took a job, as others before it");
    }
  }
  return lost;
}

}  // namespace ipc
