// scheduler/run_queue.h - the FIFO of those that could run now.
//
// CONCEPT     A scheduler is three things: things that can run, a queue of
//             those that are ready, and a reason to switch. This is the queue.
//             It is *intrusive*: the link stands inside the thing itself, so
//             that becoming ready allocates nothing and cannot fail. The price
//             is a rule: a thing stands in at most one queue.
//
//               first -> [A|next] -> [B|next] -> [C|null] <- last
//
// IN PYTHON   BaseEventLoop._ready, a collections.deque
// INVARIANTS  I1. First in, first out.
//             I2. A thing is in one queue at most, and its link is null when
//                 it is in none.
// THREADS     One thread; whoever shares it across threads brings the lock.
// OWNERSHIP   Borrows everything queued; the owner takes it out or outlives us.
// ERRORS      Popping an empty queue is a bug: assert.
// LEFT OUT    Priorities: see scheduler/cpu_sim.
// READ NEXT   scheduler/executor.h
#ifndef SCHEDULER_RUN_QUEUE_H_
#define SCHEDULER_RUN_QUEUE_H_

#include <cassert>
#include <utility>

namespace scheduler {

// T has a public member `T* next_ready`, null unless queued.
template <class T>
class RunQueue {
 public:
  RunQueue() = default;
  RunQueue(RunQueue&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)) {}
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  bool empty() const { return first_ == nullptr; }

  void push(T& item) {
    assert(item.next_ready == nullptr && last_ != &item &&
           "a thing stands in one queue at most");
    (first_ == nullptr ? first_ : last_->next_ready) = &item;
    last_ = &item;
  }

  // The link is cleared before the item is handed out, so whoever runs it may
  // queue it again at once. [I2]
  T& pop() {
    assert(first_ != nullptr && "nothing is ready");
    T& item = *first_;
    first_ = std::exchange(item.next_ready, nullptr);
    if (first_ == nullptr) {
      last_ = nullptr;
    }
    return item;
  }

  // Moves all of `other` behind what stands here.
  void append(RunQueue&& other) {
    if (other.first_ == nullptr) {
      return;
    }
    (first_ == nullptr ? first_ : last_->next_ready) =
        std::exchange(other.first_, nullptr);
    last_ = std::exchange(other.last_, nullptr);
  }

  // Everything queued up to now, leaving this queue empty. An event loop runs
  // one such list per turn: what is queued meanwhile waits for the next.
  RunQueue take_all() { return RunQueue(std::move(*this)); }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
};

}  // namespace scheduler

#endif  // SCHEDULER_RUN_QUEUE_H_
