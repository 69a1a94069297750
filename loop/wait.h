// loop/wait.h - wait until one, or all, of several futures are done.
//
// CONCEPT     wait() asks nobody for a result and cancels nobody: it only
//             waits, for the first that is done, for the first that failed, or
//             for all, and says who is done and who is pending. What to do
//             with either is the caller's decision, so most of what waits for
//             several things could be built on it.
//
//               auto [done, pending] = co_await wait(tasks, seconds(1));
//
// IN PYTHON   asyncio.wait; there the parts are sets, in no order
// INVARIANTS  I1. Both parts stand in the order given, each future once.
//             I2. The futures are left as they are: also when time is up, and
//                 when the one who waits is cancelled.
// THREADS     The loop's thread.
// OWNERSHIP   Shares the futures while it waits.
// ERRORS      ValueError for nothing to wait for; CancelledError. No
//             TimeoutError, and none of what the futures failed with.
// LEFT OUT    Coroutines: make tasks of them, or nobody could tell which of
//             the results is whose.
// READ NEXT   loop/wait_for.h
#ifndef LOOP_WAIT_H_
#define LOOP_WAIT_H_

#include <concepts>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "loop/coroutine.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "scheduler/clock.h"
#include "scheduler/wait.h"

namespace loop {

using scheduler::ReturnWhen;

// Future<T>, Task<T>, and AnyTask for tasks of different types.
template <class F>
concept FutureHandle = requires(const F& future) {
  { future.slot() } -> std::convertible_to<FutureSlot&>;
};

template <class F>
struct WaitResult {
  std::vector<F> done;  // both in the order given [I1]
  std::vector<F> pending;
};

using Slots = std::vector<Ref<FutureSlot>>;

// What each handle stands for, and each once.
template <FutureHandle F>
Slots slots_of(std::vector<F>& futures) {
  Slots slots;
  std::unordered_set<const FutureSlot*> seen;
  std::erase_if(futures, [&](const F& future) {
    FutureSlot& slot = future.slot();
    const bool is_new = seen.insert(&slot).second;
    if (is_new) {
      slots.emplace_back(&slot);
    }
    return !is_new;
  });
  return slots;
}

// The part that does not depend on types.
Coroutine<> wait_until(Slots futures, std::optional<scheduler::Duration> limit,
                       ReturnWhen when);

// Until `when` is true of `futures`, or for `timeout` at most.
template <FutureHandle F>
Coroutine<WaitResult<F>> wait(
    std::vector<F> futures,
    std::optional<scheduler::Duration> timeout = std::nullopt,
    ReturnWhen when = ReturnWhen::kAllCompleted) {
  co_await wait_until(slots_of(futures), timeout, when);
  WaitResult<F> result;
  for (F& future : futures) {
    (future.slot().done() ? result.done : result.pending)
        .push_back(std::move(future));
  }
  co_return result;
}

}  // namespace loop

#endif  // LOOP_WAIT_H_
