// gil_sim/queue.h - hand things from threads to threads.
//
// CONCEPT     A FIFO with a lock and three conditions on it. Who gets from an
//             empty queue waits until something is put; who puts into a full
//             one waits until something is got, which slows a producer down to
//             its consumers' pace. The third condition tells when everything
//             that was put has also been worked off: join().
//
//               put -> [ a b c ] -> get -> ... work ... -> task_done
//                      unfinished: counts up at put, down at task_done
//
// IN PYTHON   queue.Queue
// INVARIANTS  I1. First in, first out; nothing is lost or doubled.
//             I2. With a maxsize above zero there are never more items.
//             I3. unfinished = put - done, never negative.
// THREADS     Any number of producers and consumers.
// OWNERSHIP   Owns the items. Nobody may wait for it when it goes.
// ERRORS      QueueFull, QueueEmpty when the time is up; ValueError for a
//             negative time-out and for a task_done() too many.
// LEFT OUT    Shutting down (3.13): put one end mark per consumer. LIFO and
//             priority: loop/sync/queue.h has them.
// READ NEXT   gil_sim/timer.h
#ifndef GIL_SIM_QUEUE_H_
#define GIL_SIM_QUEUE_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "gil_sim/condition.h"
#include "gil_sim/lock.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace gil_sim {

template <class T>
class Queue {
 public:
  using Timeout = std::optional<scheduler::Duration>;

  // Zero or less: without a limit.
  explicit Queue(int maxsize = 0) : maxsize_(maxsize) {}
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  void put(T item, Timeout timeout = std::nullopt) {
    must_not_be_negative(timeout);
    const std::lock_guard held(lock_);
    if (!not_full_.wait_for([this] { return !is_full(); }, timeout)) {
      throw scheduler::QueueFull();
    }
    items_.push_back(std::move(item));
    ++unfinished_;
    not_empty_.notify();
  }
  void put_nowait(T item) { put(std::move(item), scheduler::Duration::zero()); }

  T get(Timeout timeout = std::nullopt) {
    must_not_be_negative(timeout);
    const std::lock_guard held(lock_);
    if (!not_empty_.wait_for([this] { return !items_.empty(); }, timeout)) {
      throw scheduler::QueueEmpty();
    }
    T item = std::move(items_.front());
    items_.pop_front();
    not_full_.notify();
    return item;
  }
  T get_nowait() { return get(scheduler::Duration::zero()); }

  // One item that was got has been worked off.
  void task_done() {
    const std::lock_guard held(lock_);
    if (unfinished_ == 0) {
      throw std::invalid_argument("task_done() was called too many times");
    }
    if (--unfinished_ == 0) {
      all_done_.notify_all();
    }
  }
  // Waits until every item put has been worked off.
  void join() {
    const std::lock_guard held(lock_);
    all_done_.wait_for([this] { return unfinished_ == 0; });
  }

  // True at the moment of asking.
  size_t qsize() const {
    const std::lock_guard held(lock_);
    return items_.size();
  }
  bool empty() const { return qsize() == 0; }
  bool full() const {
    const std::lock_guard held(lock_);
    return is_full();
  }

 private:
  bool is_full() const {
    return maxsize_ > 0 && items_.size() >= static_cast<size_t>(maxsize_);
  }
  static void must_not_be_negative(Timeout timeout) {
    if (timeout && *timeout < scheduler::Duration::zero()) {
      throw std::invalid_argument("a time-out is not negative");
    }
  }

  const int maxsize_;
  mutable Lock lock_;
  Condition not_empty_{lock_};
  Condition not_full_{lock_};
  Condition all_done_{lock_};
  std::deque<T> items_;    // guarded by lock_
  size_t unfinished_ = 0;  // guarded by lock_
};

}  // namespace gil_sim

#endif  // GIL_SIM_QUEUE_H_
