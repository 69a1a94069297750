#include "ipc/task_ring.h"

#include <algorithm>
#include <cassert>

namespace ipc {

size_t TaskRing::post(std::span<const std::byte> task) {
  assert(has_room() && "a task needs a place");
  while (used_[tail_ % kPlaces]) {
    ++tail_;  // nobody will find this ticket
  }
  const size_t number = tail_ % kPlaces;
  Place& place = place_of(tail_);
  used_.set(number);
  place.size = static_cast<uint32_t>(task.size());
  if (task.size() <= kRoom) {
    std::ranges::copy(task, place.bytes.begin());
  }
  place.tag.store({tail_, kNobody});
  shared_->tail.store(++tail_);  // before a look at who sleeps
  return number;
}

bool TaskRing::withdraw(size_t place) {
  std::atomic<Tag>& tag = shared_->places[place].tag;
  Tag seen = tag.load();
  return seen.holder == kNobody &&
         tag.compare_exchange_strong(seen, {seen.ticket, kAnswered});
}

TaskRing::Status TaskRing::look(size_t place) const {
  const uint32_t holder = shared_->places[place].tag.load().holder;
  const Stage stage = (holder & kAnswered) != 0      ? Stage::kAnswered
                      : (holder & kAnswersLong) != 0 ? Stage::kAnswersLong
                      : holder != kNobody            ? Stage::kTaken
                                                     : Stage::kPosted;
  return {stage, holder & ~(kAnswered | kAnswersLong)};
}

std::span<const std::byte> TaskRing::answer(size_t place) const {
  const Place& answered = shared_->places[place];
  // No more than there can be, whatever some job has done to the size.
  return std::span(answered.bytes)
      .first(std::min<size_t>(answered.size, kRoom));
}

std::optional<TaskRing::Task> TaskRing::take(WorkerId worker) {
  uint32_t ticket = shared_->head.load();
  while (ticket != shared_->tail.load()) {
    Place& place = place_of(ticket);
    Tag posted = {ticket, kNobody};
    const bool taken =
        place.tag.compare_exchange_strong(posted, {ticket, worker});
    // Ours or somebody else's or skipped: it is gone. Who took it may have
    // been stopped before it could say so.
    uint32_t head = ticket;
    shared_->head.compare_exchange_strong(head, ticket + 1);
    if (taken) {
      Task task = {.place = ticket % kPlaces, .content = {}};
      if (place.size <= kRoom) {
        task.content = std::span(place.bytes).first(place.size);
      }
      return task;
    }
    ticket = shared_->head.load();
  }
  return std::nullopt;
}

bool TaskRing::answer(size_t place, std::span<const std::byte> answer) {
  Place& taken = shared_->places[place];
  const bool fits = answer.size() <= kRoom;
  if (fits) {
    std::ranges::copy(answer, taken.bytes.begin());
    taken.size = static_cast<uint32_t>(answer.size());
  }
  const Tag tag = taken.tag.load();
  // From here on it counts.
  taken.tag.store({tag.ticket, tag.holder | (fits ? kAnswered : kAnswersLong)});
  return fits;
}

}  // namespace ipc
