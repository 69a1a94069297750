// ipc/async_result.h - a result that a pool will deliver, or not.
//
// CONCEPT     Who hands work to a pool without waiting holds a ticket: ask
//             whether it is ready, wait for it, get the value or the error.
//             Who waits for many things at once asks for its descriptor, and
//             lets poll or an event loop do the waiting.
// IN PYTHON   multiprocessing.pool.AsyncResult; the descriptor is that of
//             Connection.fileno() or Process.sentinel there
// INVARIANTS  I1. ready() goes from false to true once, when the last part of
//                 the work has ended; never, if the pool was terminated first.
// THREADS     Any.
// OWNERSHIP   Handles share one future; the pool may be gone before them. The
//             descriptor closes with the last copy of the handle it came from.
// ERRORS      std::invalid_argument from successful() before the end,
//             std::system_error from fd() (EMFILE),
//             scheduler::TimeoutError from get(); CancelledError from get() if
//             the pool was terminated, where Python would wait for ever.
// READ NEXT   ipc/process_pool.h
#ifndef IPC_ASYNC_RESULT_H_
#define IPC_ASYNC_RESULT_H_

#include <sys/eventfd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"
#include "scheduler/errors.h"

namespace ipc {

template <class T>
class AsyncResult {
 public:
  explicit AsyncResult(scheduler::ConcurrentFuture<T> future)
      : future_(std::move(future)) {}

  bool ready() const { return future_.done() && !future_.cancelled(); }  // [I1]

  // Did it end without an error?
  bool successful() const {
    if (!ready()) {
      throw std::invalid_argument("the result is not ready");
    }
    return future_.exception() == nullptr;
  }

  // Waits for it, without looking at it; says whether it is ready.
  bool wait(std::optional<scheduler::Duration> timeout = std::nullopt) const {
    try {
      future_.exception(timeout);
    } catch (const scheduler::TimeoutError&) {
    }
    return ready();
  }

  // Readable once nobody has to wait any more: the result is there, or never
  // comes. Only to be waited for, not to be read.
  int fd() {
    if (!descriptor_) {
      auto made = std::make_shared<os::UniqueFd>(os::check(
          os::syscalls.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"));
      future_.add_done_callback([made](const auto&) {
        const uint64_t one = 1;
        os::write_some(made->get(), std::as_bytes(std::span(&one, 1)));
      });
      descriptor_ = std::move(made);
    }
    return descriptor_->get();
  }

  // The value, or throws the error. May be repeated after a TimeoutError.
  T get(std::optional<scheduler::Duration> timeout = std::nullopt) const {
    return future_.result(timeout);
  }

 private:
  scheduler::ConcurrentFuture<T> future_;
  std::shared_ptr<os::UniqueFd> descriptor_;  // made when asked for
};

}  // namespace ipc

#endif  // IPC_ASYNC_RESULT_H_
