#include "exercises/bounded_queue.h"

#include <mutex>

namespace exercises {

// Each wakes all: to wake one could wake a putter where a taker is needed, and
// he would go back to sleep with the only call that there was.
void BoundedQueue::put(int item) {
  const std::lock_guard held(mutex_);
  while (shelf_.full()) {
    changed_.wait(mutex_);
  }
  shelf_.add(item);
  changed_.notify_all();
}

int BoundedQueue::take() {
  const std::lock_guard held(mutex_);
  while (shelf_.empty()) {
    changed_.wait(mutex_);
  }
  const int item = shelf_.take();
  changed_.notify_all();
  return item;
}

}  // namespace exercises
