#include "loop/timer_queue.h"

#include <algorithm>
#include <cassert>

namespace loop {

void TimerQueue::push(Runnable& item, scheduler::TimePoint when) {
  assert(!contains(item) && "a thing waits for one deadline at a time");
  heap_.push_back({});  // may throw; nothing has changed until here
  item.timer_sequence = next_sequence_++;
  sift_up(heap_.size() - 1, {when, &item});
}

void TimerQueue::remove(Runnable& item) {
  assert(contains(item) && "only what is in the queue can be taken out");
  const size_t hole = item.timer_index;
  item.timer_index = Runnable::kNoTimer;
  take_out(hole);
}

Runnable& TimerQueue::pop() {
  assert(!empty() && "nobody waits for a deadline");
  Runnable& first = *heap_.front().item;
  // Not by remove(), which reads the index: that would wait for memory.
  first.timer_index = Runnable::kNoTimer;
  take_out(0);
  if (!empty()) {
    // Whoever is due now is often due with others, and they lie anywhere in
    // memory: what is fetched from now on need not be waited for at its turn.
    __builtin_prefetch(heap_.front().item);
  }
  return first;
}

void TimerQueue::take_out(size_t hole) {
  const Slot last = heap_.back();
  heap_.pop_back();
  if (hole == heap_.size()) {
    return;  // it was the last one
  }
  // The last one fills the hole. It came from another branch, so it may belong
  // further up as well as further down.
  if (hole > 0 && before(last, heap_[(hole - 1) / 4])) {
    sift_up(hole, last);
  } else {
    sift_down(hole, last);
  }
}

scheduler::TimePoint TimerQueue::next() const {
  assert(!empty() && "nobody waits for a deadline");
  return heap_.front().when;
}

bool TimerQueue::before(const Slot& a, const Slot& b) {
  if (a.when != b.when) [[likely]] {
    return a.when < b.when;
  }
  return a.item->timer_sequence < b.item->timer_sequence;  // [I3]
}

void TimerQueue::place(size_t index, Slot slot) {
  heap_[index] = slot;
  slot.item->timer_index = static_cast<uint32_t>(index);  // [I2]
}

void TimerQueue::sift_up(size_t index, Slot slot) {
  while (index > 0) {
    const size_t parent = (index - 1) / 4;
    if (!before(slot, heap_[parent])) {
      break;
    }
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, slot);
}

void TimerQueue::sift_down(size_t index, Slot slot) {
  for (;;) {
    const size_t first_child = 4 * index + 1;
    if (first_child >= heap_.size()) {
      break;
    }
    // In a heap larger than the cache each step down would wait for memory. So
    // all 16 grandchildren are sent for before the children are compared: which
    // four of them are wanted is known later than where they lie. (Not in a
    // function of its own: it would return nothing and change nothing, so that
    // g++ 12 drops the call.)
    const size_t grandchildren = 4 * first_child + 1;
    if (grandchildren + 16 <= heap_.size()) {
      for (size_t i = 0; i < 16; i += 4) {
        __builtin_prefetch(&heap_[grandchildren + i]);
      }
    }
    const size_t end = std::min(first_child + 4, heap_.size());
    size_t smallest = first_child;
    for (size_t child = first_child + 1; child < end; ++child) {
      if (before(heap_[child], heap_[smallest])) {
        smallest = child;
      }
    }
    if (!before(heap_[smallest], slot)) {
      break;
    }
    place(index, heap_[smallest]);
    index = smallest;
  }
  place(index, slot);
}

}  // namespace loop
