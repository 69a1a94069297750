#include "exercises/bounded_queue.h"

#include <mutex>

namespace exercises {

// What is here waits once and wakes nobody.
void BoundedQueue::put(int item) {
  const std::lock_guard held(mutex_);
  if (shelf_.full()) {
    changed_.wait(mutex_);
  }
  shelf_.add(item);
}

int BoundedQueue::take() {
  const std::lock_guard held(mutex_);
  if (shelf_.empty()) {
    changed_.wait(mutex_);
  }
  return shelf_.take();
}

}  // namespace exercises
