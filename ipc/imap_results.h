// ipc/imap_results.h - results that can be taken while others are computed.
//
// CONCEPT     map() gives nothing before everything is done. imap() gives each
//             result as soon as its turn comes: in the order of the input, or,
//             unordered, as they arrive.
//
//               arrive   2 0 3 1
//               imap         0 . 1 2 3      waits for its turn
//               unordered  2 0 3 1
//
// IN PYTHON   multiprocessing.pool.IMapIterator, IMapUnorderedIterator
// INVARIANTS  I1. Each result is given once; an error is thrown in its place,
//                 and one may go on behind it.
// THREADS     The pool's thread puts in, one other takes out.
// OWNERSHIP   The handle and the pool share the results.
// ERRORS      The job's own; scheduler::TimeoutError from next(timeout), which
//             may be repeated; CancelledError if the pool was terminated.
// READ NEXT   ipc/process_pool.h
#ifndef IPC_IMAP_RESULTS_H_
#define IPC_IMAP_RESULTS_H_

#include <cstddef>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ipc/codec.h"
#include "ipc/pool_task.h"
#include "os/mutex.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace ipc {

template <class R>
class ImapJob final : public PoolJob {
 public:
  explicit ImapJob(bool ordered) : ordered_(ordered) {}

  void succeeded(size_t chunk, Decoder& results) override {
    arrive(chunk, {decode_from<std::vector<R>>(results), nullptr});
  }
  void failed(size_t chunk, std::exception_ptr error) override {
    arrive(chunk, {{}, error});
  }
  void abandoned() override {
    const os::MutexLock lock(mu_);
    abandoned_ = true;
    changed_.notify_all();
  }
  // The input is at its end: there are this many chunks.
  void set_length(size_t chunks) {
    const os::MutexLock lock(mu_);
    length_ = chunks;
    changed_.notify_all();
  }

  std::optional<R> next(std::optional<scheduler::Duration> timeout) {
    const auto deadline = scheduler::deadline_after(timeout);
    const os::MutexLock lock(mu_);
    while (given_ == ready_.size()) {
      if (taken_ == length_) {
        return std::nullopt;
      }
      if (const auto chunk = turn(); chunk != arrived_.end()) {
        Chunk taken = std::move(chunk->second);
        arrived_.erase(chunk);
        ++taken_;
        if (taken.error) {
          std::rethrow_exception(taken.error);  // [I1]
        }
        ready_ = std::move(taken.results);  // needs no memory, loses none
        given_ = 0;
      } else if (abandoned_) {
        throw scheduler::CancelledError("the pool was terminated");
      } else if (!deadline) {
        changed_.wait(mu_);
      } else if (!changed_.wait_until(mu_, *deadline)) {
        throw scheduler::TimeoutError();
      }
    }
    R result = std::move(ready_[given_]);
    ++given_;
    return result;
  }

 private:
  struct Chunk {
    std::vector<R> results;
    std::exception_ptr error;
  };
  using Chunks = std::map<size_t, Chunk>;

  void arrive(size_t chunk, Chunk result) {
    const os::MutexLock lock(mu_);
    // Unordered, the key is the order of arrival.
    arrived_.emplace(ordered_ ? chunk : arrivals_, std::move(result));
    ++arrivals_;  // not if that threw: it is to be told that the chunk failed
    changed_.notify_all();
  }
  typename Chunks::iterator turn() REQUIRES(mu_) {
    return arrived_.find(taken_);
  }

  const bool ordered_;
  os::Mutex mu_;
  os::CondVar changed_;
  Chunks arrived_ GUARDED_BY(mu_);
  size_t arrivals_ GUARDED_BY(mu_) = 0;
  size_t taken_ GUARDED_BY(mu_) = 0;  // chunks
  std::optional<size_t> length_ GUARDED_BY(mu_);
  std::vector<R> ready_ GUARDED_BY(mu_);  // the chunk taken last
  size_t given_ GUARDED_BY(mu_) = 0;      // of its results
  bool abandoned_ GUARDED_BY(mu_) = false;
};

// What imap() gives: ask for the next, or run a for loop over it.
template <class R>
class [[nodiscard]] ImapResults {
 public:
  explicit ImapResults(std::shared_ptr<ImapJob<R>> job)
      : job_(std::move(job)) {}

  // nullopt after the last one.
  std::optional<R> next(
      std::optional<scheduler::Duration> timeout = std::nullopt) {
    return job_->next(timeout);
  }

  class Iterator {
   public:
    using value_type = R;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(ImapJob<R>* job) : job_(job) { ++*this; }
    const R& operator*() const { return *value_; }
    Iterator& operator++() {
      value_ = job_->next(std::nullopt);
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !value_; }

   private:
    ImapJob<R>* job_;
    std::optional<R> value_;
  };
  Iterator begin() { return Iterator(job_.get()); }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::shared_ptr<ImapJob<R>> job_;
};

}  // namespace ipc

#endif  // IPC_IMAP_RESULTS_H_
