// loop/wait_for.h - one result, but not at any price.
//
// CONCEPT     Waits for one thing for a limited time. When time is up the
//             inner is cancelled, and wait_for() waits again, this time until
//             the inner has really ended: what it holds must be given back
//             before the caller goes on. So the limit is when the inner is
//             told, not when the caller is free.
//
//               const Page page = co_await wait_for(fetch(url), seconds(1));
//
// IN PYTHON   asyncio.wait_for, as in 3.11
// INVARIANTS  I1. When it ends, so has the inner; unless it is cancelled a
//                 second time, while it waits for the inner to clean up.
//             I2. What the inner answers to its cancellation counts: a result
//                 is returned, another error comes out.
//             I3. Cancelled itself, it first cancels the inner. But if that
//                 has ended in the same turn its result is returned and the
//                 cancellation is lost: so does 3.11; 3.12 mends it.
//             I4. No timer outlives it.
// THREADS     The loop's thread.
// OWNERSHIP   Makes a task of what is no future, and shares it.
// ERRORS      TimeoutError, with the CancelledError of the inner nested in it
//             (std::rethrow_if_nested), and whatever the inner fails with.
// READ NEXT   loop/timeout.h, loop/shield.h
#ifndef LOOP_WAIT_FOR_H_
#define LOOP_WAIT_FOR_H_

#include <optional>
#include <type_traits>
#include <utility>

#include "loop/coroutine.h"
#include "loop/ensure_future.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "scheduler/clock.h"

namespace loop {

// The part that does not depend on the type of the result: waits until
// `inner` has ended, on its own or cancelled because `limit` had passed. In
// the latter case a cancelled inner makes it throw TimeoutError. [I2]
Coroutine<> until_ended(Ref<FutureSlot> inner, scheduler::Duration limit);

// Without a timeout it is a plain co_await. Zero and less give the inner no
// turn: what is done is returned, and a coroutine never begins.
template <class Awaitable>
Coroutine<ResultOf<Awaitable>> wait_for(
    Awaitable awaitable, std::optional<scheduler::Duration> timeout) {
  if (!timeout) {
    co_return co_await std::move(awaitable);
  }
  const auto inner = ensure_future(std::move(awaitable));
  co_await until_ended(Ref<FutureSlot>(&inner.slot()), *timeout);
  if constexpr (std::is_void_v<ResultOf<Awaitable>>) {
    inner.result();
  } else {
    co_return inner.slot().take_result();
  }
}

}  // namespace loop

#endif  // LOOP_WAIT_FOR_H_
