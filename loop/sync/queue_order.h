// loop/sync/queue_order.h - which of the items in a queue is next.
//
// CONCEPT     A queue is two questions: who waits, and which item comes next.
//             The first is the same for all and stands in queue.h; the second
//             is a container with push and pop, and these are three of them.
// IN PYTHON   _init, _put and _get of asyncio.Queue, LifoQueue, PriorityQueue
// INVARIANTS  I1. pop() takes out the oldest, the newest, the smallest.
//             I2. Of n items: O(1), O(1), and O(log n) comparisons.
// THREADS     One.
// OWNERSHIP   Owns the items.
// LEFT OUT    An order among items that are equal: put a number beside them.
// READ NEXT   loop/sync/queue.h
#ifndef LOOP_SYNC_QUEUE_ORDER_H_
#define LOOP_SYNC_QUEUE_ORDER_H_

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace loop::sync {

template <class T>
class OldestFirst {
 public:
  void push(T item) { items_.push_back(std::move(item)); }
  T pop() {
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  size_t size() const { return items_.size(); }

 private:
  std::deque<T> items_;
};

template <class T>
class NewestFirst {
 public:
  void push(T item) { items_.push_back(std::move(item)); }
  T pop() {
    T item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  size_t size() const { return items_.size(); }

 private:
  std::vector<T> items_;
};

// Not a std::priority_queue: its top() is const, so nothing moves out of it.
template <class T>
class SmallestFirst {
 public:
  void push(T item) {
    items_.push_back(std::move(item));
    std::push_heap(items_.begin(), items_.end(), std::greater<>());
  }
  T pop() {
    std::pop_heap(items_.begin(), items_.end(), std::greater<>());
    T item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  size_t size() const { return items_.size(); }

 private:
  std::vector<T> items_;  // a heap, its smallest in front
};

}  // namespace loop::sync

#endif  // LOOP_SYNC_QUEUE_ORDER_H_
