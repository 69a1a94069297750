// exercises/bounded_queue.h - a bounded queue from one mutex and one condition.
//
// CONCEPT     put() waits while the shelf is full, take() while it is empty,
//             and both wait at the same condition. So who is woken may be of
//             the wrong kind, or find that a third one was faster:
//
//               putters  --put-->  | 3 | 1 |  --take-->  takers
//                    '---- wait at one condition ----'
//
// IN PYTHON   queue.Queue(maxsize), which has three conditions
// INVARIANTS  I1. Under no schedule does anybody wait for ever who could go on.
//             I2. What was put is taken once, in the order of the puts.
//             I3. The shelf is touched under the mutex only.
// THREADS     Any number of those that explore() runs.
// OWNERSHIP   Owns the items.
// ERRORS      None: those of the shelf are bugs here.
// READ NEXT   exercises/explored.h
#ifndef EXERCISES_BOUNDED_QUEUE_H_
#define EXERCISES_BOUNDED_QUEUE_H_

#include <cstddef>

#include "exercises/explored.h"

namespace exercises {

class BoundedQueue {
 public:
  // REQUIRES: capacity >= 1.
  explicit BoundedQueue(size_t capacity) : shelf_(mutex_, capacity) {}

  void put(int item);
  int take();

 private:
  Mutex mutex_;  // std::lock_guard takes it
  Condition changed_;
  Shelf shelf_;
};

}  // namespace exercises

#endif  // EXERCISES_BOUNDED_QUEUE_H_
