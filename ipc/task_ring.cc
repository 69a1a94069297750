#include "ipc/task_ring.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>
#include <stdexcept>

namespace ipc {

namespace {

// Enough to lay work out ahead for two workers or for two hundred.
size_t places_for(size_t workers) {
  constexpr size_t kLeast = 128;
  if (workers > TaskRing::kMaxWorker) {
    throw std::invalid_argument("a ring for so many workers cannot be");
  }
  return std::bit_ceil(std::max(kLeast, 2 * workers));
}

}  // namespace

TaskRing::TaskRing(size_t workers)
    : memory_(os::Mapping::anonymous(
          sizeof(Words) + places_for(workers) * sizeof(Place),
          os::Mapping::Sharing::kShared)),
      used_(places_for(workers)) {
  std::construct_at(&words());
  for (size_t number = 0; number < places(); ++number) {
    std::construct_at(&place(number).tag);
  }
}

size_t TaskRing::post(std::span<const std::byte> task) {
  assert(has_room() && "a task needs a place");
  while (used_[tail_ % places()]) {
    ++tail_;  // nobody will find this ticket
  }
  const size_t number = tail_ % places();
  Place& free = place(number);
  used_[number] = true;
  ++size_;
  free.size = static_cast<uint32_t>(task.size());
  if (task.size() <= kRoom) {
    std::ranges::copy(task, free.bytes.begin());
  }
  free.tag.store({tail_, kNobody});
  words().tail.store(++tail_);  // before a look at who sleeps
  return number;
}

void TaskRing::clear(size_t place) {
  assert(used_[place] && "a free place has nothing to clear");
  used_[place] = false;
  --size_;
}

bool TaskRing::withdraw(size_t number) {
  std::atomic<Tag>& tag = place(number).tag;
  Tag seen = tag.load();
  return seen.holder == kNobody &&
         tag.compare_exchange_strong(seen, {seen.ticket, kAnswered});
}

TaskRing::Status TaskRing::look(size_t number) const {
  const uint32_t holder = place(number).tag.load().holder;
  const Stage stage = (holder & kAnswered) != 0      ? Stage::kAnswered
                      : (holder & kAnswersLong) != 0 ? Stage::kAnswersLong
                      : holder != kNobody            ? Stage::kTaken
                                                     : Stage::kPosted;
  return {stage, holder & ~(kAnswered | kAnswersLong)};
}

std::span<const std::byte> TaskRing::answer(size_t number) const {
  const Place& answered = place(number);
  // No more than there can be, whatever some job has done to the size.
  return std::span(answered.bytes)
      .first(std::min<size_t>(answered.size, kRoom));
}

std::optional<TaskRing::Task> TaskRing::take(WorkerId worker) {
  assert(worker >= 1 && worker <= kMaxWorker && "the rest of the word is ours");
  uint32_t ticket = words().head.load();
  while (ticket != words().tail.load()) {
    const size_t number = ticket % places();
    Place& next = place(number);
    Tag posted = {ticket, kNobody};
    const bool taken =
        next.tag.compare_exchange_strong(posted, {ticket, worker});
    // Ours or somebody else's or skipped: it is gone. Who took it may have
    // been stopped before it could say so.
    uint32_t head = ticket;
    words().head.compare_exchange_strong(head, ticket + 1);
    if (taken) {
      Task task = {.place = number, .content = {}};
      if (next.size <= kRoom) {
        task.content = std::span(next.bytes).first(next.size);
      }
      return task;
    }
    ticket = words().head.load();
  }
  return std::nullopt;
}

bool TaskRing::answer(size_t number, std::span<const std::byte> answer) {
  Place& taken = place(number);
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
