// scheduler/wait.h - waiting for several thread-side futures at once.
//
// CONCEPT     Three questions about a set of futures: is the first one done,
//             has one failed, are all done? wait() sleeps until the answer is
//             yes and splits the set. as_completed() hands them out one by
//             one, in the order in which they end. Both hang a callback on
//             each future, and the thread sleeps on one condition for all:
//
//               future 1 --callback--.
//               future 2 --callback---> [ended: 2, 1]  --wakes--> who waits
//               future 3 --callback--'
//
// IN PYTHON   concurrent.futures.wait, as_completed
// INVARIANTS  I1. No completion is lost: a callback is added to a future that
//                 is done already, too, and runs at once.
//             I2. Each future is handed out once, even if it was given twice.
// THREADS     Any; one as_completed() serves one thread. Who has to wait lets
//             go of the interpreter's lock meanwhile (scheduler/blocking.h).
// OWNERSHIP   Keeps handles of the futures, and takes its callbacks off those
//             that are unfinished when it goes.
// ERRORS      TimeoutError from as_completed(), which says how many are
//             unfinished. wait() returns what it has instead.
// LEFT OUT    Futures of different types in one set.
// READ NEXT   scheduler/executor.h
#ifndef SCHEDULER_WAIT_H_
#define SCHEDULER_WAIT_H_

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/blocking.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"

namespace scheduler {

enum class ReturnWhen { kFirstCompleted, kFirstException, kAllCompleted };

// The futures of a set in the order in which they end.
template <class T>
class CompletionQueue {
 public:
  using Future = ConcurrentFuture<T>;

  explicit CompletionQueue(std::vector<Future> futures)
      : futures_(without_doubles(std::move(futures))),
        ended_(std::make_shared<Ended>()) {
    for (Future& future : futures_) {
      const auto note = [ended = ended_](Future done) {
        const std::lock_guard lock(ended->mutex);
        ended->queue.push_back(std::move(done));
        ended->changed.notify_all();
      };
      future.add_done_callback(note, this);  // [I1]
    }
  }
  CompletionQueue(const CompletionQueue&) = delete;
  CompletionQueue& operator=(const CompletionQueue&) = delete;
  // Who waits for the same futures again and again, a little each time, must
  // not leave a callback behind each time.
  ~CompletionQueue() {
    for (Future& future : futures_) {
      future.remove_done_callbacks(this);
    }
  }

  const std::vector<Future>& futures() const { return futures_; }

  // The next one that has ended; nothing if `deadline` comes first.
  std::optional<Future> next(std::optional<TimePoint> deadline) {
    if (auto future = first()) {
      return future;
    }
    {
      const BlockingScope blocking;  // before the lock, gone after it
      std::unique_lock lock(ended_->mutex);
      const auto is_there = [this] { return !ended_->queue.empty(); };
      if (!deadline) {
        ended_->changed.wait(lock, is_there);
      } else {
        ended_->changed.wait_until(lock, *deadline, is_there);
      }
    }
    return first();
  }

 private:
  // Shared with a callback that may run while we give up waiting.
  struct Ended {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Future> queue;  // guarded by mutex
  };

  // The first that has ended, if there is one.
  std::optional<Future> first() {
    const std::lock_guard lock(ended_->mutex);
    if (ended_->queue.empty()) {
      return std::nullopt;
    }
    Future future = std::move(ended_->queue.front());
    ended_->queue.pop_front();
    return future;
  }

  static std::vector<Future> without_doubles(std::vector<Future> futures) {
    std::vector<Future> once;  // [I2]
    for (Future& future : futures) {
      if (std::find(once.begin(), once.end(), future) == once.end()) {
        once.push_back(std::move(future));
      }
    }
    return once;
  }

  std::vector<Future> futures_;
  std::shared_ptr<Ended> ended_;
};

template <class T>
struct WaitResult {
  std::vector<ConcurrentFuture<T>> done;  // both in the order given
  std::vector<ConcurrentFuture<T>> not_done;
};

// Sleeps until `when` is true of `futures`, or for `timeout` at most.
template <class T>
WaitResult<T> wait(std::vector<ConcurrentFuture<T>> futures,
                   std::optional<Duration> timeout = std::nullopt,
                   ReturnWhen when = ReturnWhen::kAllCompleted) {
  const std::optional<TimePoint> deadline = deadline_after(timeout);
  CompletionQueue<T> queue(std::move(futures));
  for (size_t left = queue.futures().size(); left > 0; --left) {
    const std::optional<ConcurrentFuture<T>> future = queue.next(deadline);
    const bool failed = future && when == ReturnWhen::kFirstException &&
                        !future->cancelled() && future->exception() != nullptr;
    if (!future || failed || when == ReturnWhen::kFirstCompleted) {
      break;
    }
  }
  WaitResult<T> result;
  for (const ConcurrentFuture<T>& future : queue.futures()) {
    (future.done() ? result.done : result.not_done).push_back(future);
  }
  return result;
}

// What as_completed() gives: to be walked through once.
template <class T>
class AsCompleted {
 public:
  AsCompleted(std::vector<ConcurrentFuture<T>> futures,
              std::optional<Duration> timeout)
      : deadline_(deadline_after(timeout)),
        queue_(std::move(futures)),
        left_(queue_.futures().size()) {}

  class Iterator {
   public:
    explicit Iterator(AsCompleted& all) : all_(&all) { all_->fetch(); }
    const ConcurrentFuture<T>& operator*() const { return *all_->current_; }
    Iterator& operator++() {
      --all_->left_;
      all_->fetch();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return all_->left_ == 0; }

   private:
    AsCompleted* all_;
  };
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  void fetch() {
    if (left_ == 0) {
      return;
    }
    current_ = queue_.next(deadline_);
    if (!current_) {
      throw TimeoutError(std::to_string(left_) + " (of " +
                         std::to_string(queue_.futures().size()) +
                         ") futures unfinished");
    }
  }

  const std::optional<TimePoint> deadline_;
  CompletionQueue<T> queue_;
  size_t left_;  // not handed out yet, the current one included
  std::optional<ConcurrentFuture<T>> current_;
};

// The futures one by one, those already done first, then as they end. The
// time-out is for the whole walk.
template <class T>
AsCompleted<T> as_completed(std::vector<ConcurrentFuture<T>> futures,
                            std::optional<Duration> timeout = std::nullopt) {
  return AsCompleted<T>(std::move(futures), timeout);
}

}  // namespace scheduler

#endif  // SCHEDULER_WAIT_H_
