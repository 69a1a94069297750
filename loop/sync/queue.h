// loop/sync/queue.h - hand things from tasks to tasks.
//
// CONCEPT     Who gets from an empty queue waits until something is put; who
//             puts into a full one waits until something is got, which slows a
//             producer down to its consumers' pace. A third wait is for the
//             moment when all that was put has also been worked off: join().
//
//               put -> [ a b c ] -> get -> ... work ... -> task_done
//                      unfinished: counts up at put, down at task_done
//
// IN PYTHON   asyncio.Queue, LifoQueue, PriorityQueue
// INVARIANTS  I1. Every item put is got once, in the order that Order says.
//             I2. With a maxsize above zero there are never more items.
//             I3. Each item wakes one getter, each place that is freed one
//                 putter, those who have waited longest. Who was woken and
//                 is cancelled, or fails to move the item, passes it on.
//             I4. unfinished = put - done, never negative.
// THREADS     The loop's thread.
// OWNERSHIP   Owns the items. Outlives its users.
// ERRORS      QueueFull, QueueEmpty from the _nowait forms; ValueError for a
//             task_done() too many; CancelledError. What an item's own move
//             throws comes out of the call: an item that was to be put is
//             lost; one that was to be got stays, as the move left it, or is
//             lost if it had left the queue. After such an error in the middle
//             of a PriorityQueue its order is not promised.
// LEFT OUT    Fairness against newcomers, as in Python: an item is not
//             reserved for the getter that it woke. Who comes before that
//             one's turn takes it, and the woken one waits again, at the end.
//             Shutting down (3.13): put one end mark per consumer. Refusing
//             a wrong thread while nobody waits: a queue knows its loop only
//             from those who wait.
// READ NEXT   loop/gather.h
#ifndef LOOP_SYNC_QUEUE_H_
#define LOOP_SYNC_QUEUE_H_

#include <cstddef>
#include <stdexcept>
#include <utility>

#include "loop/coroutine.h"
#include "loop/sync/event.h"
#include "loop/sync/queue_order.h"
#include "loop/sync/wait_list.h"
#include "scheduler/errors.h"

namespace loop::sync {

template <class T, class Order = OldestFirst<T>>
class Queue {
 public:
  // Zero or less: without a limit.
  explicit Queue(int maxsize = 0) : maxsize_(maxsize) { all_done_.set(); }

  // An item of aggregate type that owns something is named on a line of its own
  // (loop/coroutine.h).
  Coroutine<> put(T item) {
    bool woken = false;
    while (full()) {
      Wait putter(putters_);
      try {
        co_await putter;
      } catch (...) {
        if (putter.woken() && !full()) {
          putters_.wake_next();  // [I3]
        }
        throw;
      }
      woken = true;
    }
    const size_t before = qsize();
    try {
      put_nowait(std::move(item));
    } catch (...) {
      if (woken && qsize() == before) {
        putters_.wake_next();  // the place is free still [I3]
      }
      throw;
    }
  }
  void put_nowait(T item) {
    if (full()) {
      throw scheduler::QueueFull();  // [I2]
    }
    items_.push(std::move(item));
    ++unfinished_;
    all_done_.clear();
    getters_.wake_next();
  }

  Coroutine<T> get() {
    bool woken = false;
    while (empty()) {
      Wait getter(getters_);
      try {
        co_await getter;
      } catch (...) {
        if (getter.woken() && !empty()) {
          getters_.wake_next();  // [I3]
        }
        throw;
      }
      woken = true;
    }
    const size_t before = qsize();
    try {
      co_return get_nowait();
    } catch (...) {
      if (woken && qsize() == before) {
        getters_.wake_next();  // the item is there still [I3]
      }
      throw;
    }
  }
  T get_nowait() {
    if (empty()) {
      throw scheduler::QueueEmpty();
    }
    T item = items_.pop();
    putters_.wake_next();
    return item;
  }

  // One item that was got has been worked off.
  void task_done() {
    if (unfinished_ == 0) {
      throw std::invalid_argument("task_done() was called too many times");
    }
    if (--unfinished_ == 0) {
      all_done_.set();
    }
  }
  // co_await queue.join(); waits until every item put has been worked off.
  Event::Waiting join() { return all_done_.wait(); }

  int maxsize() const { return maxsize_; }
  size_t qsize() const { return items_.size(); }
  bool empty() const { return qsize() == 0; }
  bool full() const {
    return maxsize_ > 0 && qsize() >= static_cast<size_t>(maxsize_);
  }

 private:
  const int maxsize_;
  Order items_;
  WaitList getters_{"queue"};
  WaitList putters_{"queue"};
  size_t unfinished_ = 0;
  Event all_done_;
};

// The newest comes first.
template <class T>
using LifoQueue = Queue<T, NewestFirst<T>>;
// The smallest comes first.
template <class T>
using PriorityQueue = Queue<T, SmallestFirst<T>>;

}  // namespace loop::sync

#endif  // LOOP_SYNC_QUEUE_H_
