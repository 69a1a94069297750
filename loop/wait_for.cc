#include "loop/wait_for.h"

#include <exception>

#include "loop/event_loop.h"
#include "loop/future.h"
#include "loop/handle.h"
#include "loop/watch.h"
#include "scheduler/errors.h"

namespace loop {

using scheduler::CancelledError;
using scheduler::Duration;

namespace {

void release(const Future<void>& waiter) {
  if (!waiter.done()) {
    waiter.set_result();
  }
}

// Does not await the future itself: a second cancellation would go to that,
// and not to the one who waits here.
Coroutine<> cancel_and_wait(Ref<FutureSlot> future) {
  const Future<void> ended;
  const Watch watch(*future, [&](FutureSlot&) { release(ended); });
  future->cancel();
  co_await ended;
}

}  // namespace

Coroutine<> until_ended(Ref<FutureSlot> inner, Duration limit) {
  std::exception_ptr cancelled;
  ScopedHandle timer;
  if (limit > Duration::zero()) {
    const Future<void> waiter;
    timer.reset(get_running_loop().call_later(limit, release, waiter));
    const Watch watch(*inner, [&](FutureSlot&) { release(waiter); });
    try {
      co_await waiter;
    } catch (const CancelledError&) {
      cancelled = std::current_exception();
    }
  }
  if (inner->done()) {
    co_return;  // [I3]
  }
  co_await cancel_and_wait(inner);  // [I1]
  if (cancelled) {
    std::rethrow_exception(cancelled);
  }
  // A gather is not cancelled itself: it ends with the error of a child.
  try {
    inner->check_result();
  } catch (const CancelledError&) {
    std::throw_with_nested(scheduler::TimeoutError());
  }
}

}  // namespace loop
