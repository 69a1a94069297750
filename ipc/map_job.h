// ipc/map_job.h - the parts of one map() on their way back.
//
// CONCEPT     A map is cut into chunks that end in any order. The job keeps
//             each chunk's results in its place and completes a future when
//             the last one has ended: with the results joined, or with the
//             error of the first chunk that failed. An apply is a map of one.
// IN PYTHON   multiprocessing.pool.MapResult, ApplyResult. There the error that
//             arrives first is thrown; by the order of the items the answer is
//             the same in every run.
// INVARIANTS  I1. The future is completed once, after the last chunk.
// THREADS     The pool's thread; the future is for any.
// OWNERSHIP   Tasks and results share the job.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_MAP_JOB_H_
#define IPC_MAP_JOB_H_

#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "ipc/codec.h"
#include "ipc/errors.h"
#include "ipc/pool_task.h"
#include "scheduler/concurrent_future.h"

namespace ipc {

template <class R>
class MapJob final : public PoolJob {
 public:
  explicit MapJob(size_t chunks) : results_(chunks), left_(chunks) {}

  const scheduler::ConcurrentFuture<std::vector<R>>& future() const {
    return future_;
  }

  void succeeded(size_t chunk, Decoder& results) override {
    results_[chunk] = decode_from<std::vector<R>>(results);
    count_down();
  }
  void failed(size_t chunk, std::exception_ptr error) override {
    if (!error_ || chunk < error_chunk_) {
      error_ = std::move(error);
      error_chunk_ = chunk;
    }
    count_down();
  }
  void abandoned() override { future_.cancel(); }

  // All chunks have ended (or there are none). [I1]
  void finish() {
    if (error_) {
      future_.set_exception(error_);
      return;
    }
    size_t size = 0;
    for (const std::vector<R>& chunk : results_) {
      size += chunk.size();
    }
    std::vector<R> all;
    all.reserve(size);
    for (std::vector<R>& chunk : results_) {
      all.insert(all.end(), std::make_move_iterator(chunk.begin()),
                 std::make_move_iterator(chunk.end()));
    }
    future_.set_result(std::move(all));
  }

 private:
  void count_down() {
    if (left_ == 1) {
      finish();
    }
    --left_;  // not if that threw: it is to be told that the chunk failed
  }

  std::vector<std::vector<R>> results_;
  size_t left_;
  std::exception_ptr error_;
  size_t error_chunk_ = 0;
  scheduler::ConcurrentFuture<std::vector<R>> future_;
};

template <class R>
class ApplyJob final : public PoolJob {
 public:
  const scheduler::ConcurrentFuture<R>& future() const { return future_; }

  void succeeded(size_t, Decoder& results) override {
    auto values = decode_from<std::vector<R>>(results);
    if (values.size() != 1) {
      throw DecodeError("one call has one result");
    }
    future_.set_result(std::move(values[0]));
  }
  void failed(size_t, std::exception_ptr error) override {
    future_.set_exception(std::move(error));
  }
  void abandoned() override { future_.cancel(); }

 private:
  scheduler::ConcurrentFuture<R> future_;
};

template <class T>
using Callback = std::function<void(const T&)>;
using ErrorCallback = std::function<void(std::exception_ptr)>;

// Calls one of the two, in the thread that completes `future`; neither if it
// is cancelled.
template <class T>
void add_callbacks(scheduler::ConcurrentFuture<T> future, Callback<T> callback,
                   ErrorCallback error_callback) {
  future.add_done_callback(
      [callback = std::move(callback),
       error_callback = std::move(error_callback)](auto done) {
        if (done.cancelled()) {
          return;
        }
        if (const std::exception_ptr error = done.exception()) {
          if (error_callback) {
            error_callback(error);
          }
        } else if (callback) {
          callback(done.result());
        }
      });
}

}  // namespace ipc

#endif  // IPC_MAP_JOB_H_
