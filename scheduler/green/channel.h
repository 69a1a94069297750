// scheduler/green/channel.h - hand a value to whoever comes for it.
//
// CONCEPT     Threads that share no data but pass values on need no lock of
//             their own. A channel is a queue with room for a few values: who
//             sends into a full one waits, who receives from an empty one
//             waits. Closed, it gives out what is left and then nothing.
//
//               producer --send--> [ a b c . ] --receive--> consumer
//
// IN PYTHON   queue.Queue(maxsize) with shutdown(); Go's chan
// INVARIANTS  I1. Values come out in the order in which they went in, each
//                 of them once.
//             I2. Never more than `capacity` values inside.
//             I3. After close() nothing goes in; what is inside comes out.
// THREADS     Green threads of one scheduler; any number at either end.
// OWNERSHIP   Owns the values inside; borrows its waiters.
// ERRORS      ClosedChannelError from send(), also to those who already wait.
// LEFT OUT    Capacity zero (a rendezvous), select over several channels.
// READ NEXT   demos/preempt.cc
#ifndef SCHEDULER_GREEN_CHANNEL_H_
#define SCHEDULER_GREEN_CHANNEL_H_

#include <cassert>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

#include "scheduler/green/guard.h"
#include "scheduler/green/wait_queue.h"

namespace scheduler::green {

class ClosedChannelError : public std::runtime_error {
 public:
  ClosedChannelError() : std::runtime_error("send into a closed channel") {}
};

template <class T>
class Channel {
 public:
  explicit Channel(size_t capacity) : capacity_(capacity) {
    assert(capacity > 0 && "a channel has room for something");
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Waits while the channel is full.
  void send(T value) {
    const Guard guard;
    while (values_.size() == capacity_ && !closed_) {
      senders_.wait(Reason::kLock, {.what = "room in a channel"});
    }
    if (closed_) {
      throw ClosedChannelError();
    }
    values_.push_back(std::move(value));
    if (!receivers_.empty()) {
      receivers_.wake_one();
    }
  }

  // Waits while the channel is empty. Nothing says: closed, and empty for good.
  std::optional<T> receive() {
    const Guard guard;
    while (values_.empty() && !closed_) {
      receivers_.wait(Reason::kLock, {.what = "a value from a channel"});
    }
    if (values_.empty()) {
      return std::nullopt;
    }
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    if (!senders_.empty()) {
      senders_.wake_one();
    }
    return value;
  }

  // No more values will come. Twice is as good as once.
  void close() {
    const Guard guard;
    closed_ = true;
    senders_.wake_all();
    receivers_.wake_all();
  }

 private:
  const size_t capacity_;
  // Changed under a Guard.
  std::deque<T> values_;
  bool closed_ = false;
  WaitQueue senders_;
  WaitQueue receivers_;
};

}  // namespace scheduler::green

#endif  // SCHEDULER_GREEN_CHANNEL_H_
