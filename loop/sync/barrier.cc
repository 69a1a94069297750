#include "loop/sync/barrier.h"

#include <stdexcept>

#include "scheduler/errors.h"

namespace loop::sync {

using scheduler::BrokenBarrierError;

Barrier::Barrier(int parties) : parties_(parties) {
  if (parties < 1) {
    throw std::invalid_argument("a barrier has at least one party");
  }
}

Coroutine<int> Barrier::wait() {
  const auto held = co_await changed_.scoped();
  co_await changed_.wait_for([this] {
    return state_ != State::kDraining && state_ != State::kResetting;  // [I3]
  });
  if (state_ == State::kBroken) {
    throw BrokenBarrierError("the barrier is broken");
  }
  const int index = inside_++;  // [I2]
  // No destructor counts down: it would also run in a loop that closes, when
  // the lock is not ours.
  try {
    co_await meet(index);
  } catch (...) {
    leave();  // [I4]
    throw;
  }
  leave();
  co_return index;
}

Coroutine<> Barrier::meet(int index) {
  if (index + 1 == parties_) {
    state_ = State::kDraining;
    changed_.notify_all();
    co_return;
  }
  co_await changed_.wait_for([this] { return state_ != State::kFilling; });
  if (state_ != State::kDraining) {
    throw BrokenBarrierError("the barrier was reset or aborted");
  }
}

void Barrier::leave() {
  --inside_;
  if (inside_ == 0) {
    if (state_ != State::kBroken) {
      state_ = State::kFilling;
    }
    changed_.notify_all();
  }
}

Coroutine<> Barrier::reset() {
  const auto held = co_await changed_.scoped();
  // Those inside must be gone before the next round begins.
  state_ = inside_ > 0 ? State::kResetting : State::kFilling;
  changed_.notify_all();
}

Coroutine<> Barrier::abort() {
  const auto held = co_await changed_.scoped();
  state_ = State::kBroken;
  changed_.notify_all();
}

}  // namespace loop::sync
