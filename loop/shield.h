// loop/shield.h - what must not stop because somebody stopped waiting for it.
//
// CONCEPT     A cancellation travels from a task to what it waits for. A
//             shield is a second future in between, at which it ends: the one
//             who waits is cancelled, the inner goes on and knows nothing of
//             it. The other way everything passes: result, error, and a
//             cancellation of the inner itself.
//
//               task --waits for--> [shield] --watches--> inner
//                    cancel() -------->| stops here
//
// IN PYTHON   asyncio.shield
// INVARIANTS  I1. Cancelling the shield does not cancel the inner.
//             I2. A future that is done needs no shield: it is returned.
// THREADS     The loop's thread.
// OWNERSHIP   Shares the inner. A task runs on whether or not anybody holds
//             it, so unlike in Python nothing is lost with the shield.
// ERRORS      The inner's. Once the shield was cancelled, the inner's error is
//             for whoever else asks, or else reported.
// READ NEXT   loop/as_completed.h
#ifndef LOOP_SHIELD_H_
#define LOOP_SHIELD_H_

#include <exception>
#include <optional>
#include <utility>

#include "loop/ensure_future.h"
#include "loop/future.h"
#include "loop/future_slot.h"
#include "loop/ref.h"
#include "loop/watch.h"

namespace loop {

template <class T>
class ShieldSlot final : public FutureSlotOf<T> {
 public:
  explicit ShieldSlot(Future<T> inner)
      : FutureSlotOf<T>(inner.slot().core()), inner_(std::move(inner)) {
    watch_.emplace(inner_.slot(), [this](FutureSlot&) { pass_on(); });
  }
  bool cancel() override {
    if (!FutureSlot::cancel()) {
      return false;
    }
    if (!inner_.done()) {
      watch_.reset();  // [I1]
    }
    return true;
  }

 private:
  ~ShieldSlot() override = default;

  void pass_on() {
    if (this->done()) {
      inner_.slot().mark_retrieved();  // both ended in the same turn
    } else if (inner_.cancelled()) {
      FutureSlot::cancel();
    } else {
      try {
        this->set_result(inner_.slot().take_result());
      } catch (...) {
        this->set_exception(std::current_exception());
      }
    }
  }

  const Future<T> inner_;
  std::optional<Watch> watch_;
};

// co_await shield(save(file));
template <class Awaitable>
auto shield(Awaitable awaitable) {
  using T = ResultOf<Awaitable>;
  Future<T> inner = ensure_future(std::move(awaitable));
  if (inner.done()) {
    return inner;  // [I2]
  }
  return Future<T>(Ref<FutureSlotOf<T>>(new ShieldSlot<T>(std::move(inner))));
}

}  // namespace loop

#endif  // LOOP_SHIELD_H_
