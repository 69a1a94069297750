// ipc/queue.h - hand things from processes to processes.
//
// CONCEPT     A FIFO with any number of producers and consumers, bounded: who
//             puts into a full one waits, which slows producers down to their
//             consumers' pace. Items travel by value. Who takes an item and
//             is killed takes it along; nothing else is harmed.
//
//               ipc::Queue<std::string> jobs(100, 1000);  // before the fork
//               jobs.put("pages/1.html");
//               ... in each worker:
//               work(jobs.get());
//               jobs.task_done();
//
//             Python's queue keeps items in the producer, and a thread there
//             moves them to a pipe; so empty() may be true just after put(),
//             and a producer must not end before its thread is done. Here an
//             item is in the queue when put() returns.
// IN PYTHON   multiprocessing.Queue, multiprocessing.JoinableQueue
// INVARIANTS  I1. First in, first out; nothing is lost or doubled.
//             I2. There are never more than maxsize items.
//             I3. unfinished = put - done, never negative.
// THREADS     Any, of this process and its children.
// OWNERSHIP   Each process owns its mapping; the items go with the last.
// ERRORS      QueueFull, QueueEmpty when the time is up; std::invalid_argument
//             for a negative time-out, a task_done() too many, or an item with
//             a longer encoding than the slots have room for. An item taken by
//             one that was killed is never done: give join() a time-out.
// LEFT OUT    Queues without a limit: their memory would have to grow in all
//             processes at once.
// READ NEXT   ipc/queue_core.h
#ifndef IPC_QUEUE_H_
#define IPC_QUEUE_H_

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>

#include "ipc/codec.h"
#include "ipc/flat.h"
#include "ipc/queue_core.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace ipc {

template <class T>
class Queue {
  // Is its memory all there is to it?
  static constexpr bool kFlat = Flat<T> && std::is_default_constructible_v<T>;

 public:
  using Timeout = std::optional<scheduler::Duration>;

  explicit Queue(size_t maxsize) requires kFlat : core_(maxsize, sizeof(T)) {}
  // Slots with room for an encoding of `item_size` bytes. Memory that no item
  // has needed costs nothing.
  Queue(size_t maxsize, size_t item_size) requires(!kFlat)
      : core_(maxsize, item_size) {}

  void put(const T& item, Timeout timeout = std::nullopt) {
    const auto deadline = deadline_for(timeout);
    bool fitted;
    if constexpr (kFlat) {
      fitted = core_.put(std::as_bytes(std::span(&item, 1)), deadline);
    } else {
      fitted = core_.put(encode(item), deadline);
    }
    if (!fitted) {
      throw scheduler::QueueFull();
    }
  }
  void put_nowait(const T& item) { put(item, scheduler::Duration::zero()); }

  T get(Timeout timeout = std::nullopt) {
    const auto deadline = deadline_for(timeout);
    if constexpr (kFlat) {
      T item;
      if (!core_.take(std::as_writable_bytes(std::span(&item, 1)), deadline)) {
        throw scheduler::QueueEmpty();
      }
      return item;
    } else {
      Bytes bytes(core_.item_size());
      const auto size = core_.take(bytes, deadline);
      if (!size) {
        throw scheduler::QueueEmpty();
      }
      return decode<T>(std::span(bytes).first(*size));
    }
  }
  T get_nowait() { return get(scheduler::Duration::zero()); }

  // One item that was got has been worked off.
  void task_done() { core_.done(); }
  // Waits until every item put has been worked off; false if `timeout` came
  // first.
  bool join(Timeout timeout = std::nullopt) {
    return core_.wait_all_done(deadline_for(timeout));
  }

  // True at the moment of asking.
  size_t qsize() const { return core_.size(); }
  bool empty() const { return qsize() == 0; }
  bool full() const { return qsize() == core_.maxsize(); }

 private:
  static QueueCore::Deadline deadline_for(Timeout timeout) {
    if (timeout && *timeout < scheduler::Duration::zero()) {
      throw std::invalid_argument("a time-out is not negative");
    }
    return scheduler::deadline_after(timeout);
  }

  QueueCore core_;
};

}  // namespace ipc

#endif  // IPC_QUEUE_H_
