#include "gil_sim/barrier.h"

#include <mutex>
#include <stdexcept>
#include <utility>

#include "scheduler/errors.h"

namespace gil_sim {

using scheduler::BrokenBarrierError;

Barrier::Barrier(int parties, std::function<void()> action)
    : parties_(parties), action_(std::move(action)) {
  if (parties < 1) {
    throw std::invalid_argument("a barrier has at least one party");
  }
}

int Barrier::wait(std::optional<scheduler::Duration> timeout) {
  const std::lock_guard held(lock_);
  enter();
  const int index = count_++;
  // Whatever happens, this party leaves: the last to do so starts the round.
  struct Leaving {
    Barrier& barrier;
    ~Leaving() { barrier.leave(); }
  } leaving{*this};
  if (count_ == parties_) {
    open();
  } else {
    wait_for_the_last(timeout);
  }
  return index;  // [I2]
}

// Waits until a round may be joined. [I3]
void Barrier::enter() {
  changed_.wait_for([this] {
    return state_ != State::kDraining && state_ != State::kResetting;
  });
  if (state_ == State::kBroken) {
    throw BrokenBarrierError("the barrier is broken");
  }
}

void Barrier::open() {
  try {
    if (action_) {
      action_();
    }
  } catch (...) {
    break_it();
    throw;
  }
  state_ = State::kDraining;  // [I1]
  changed_.notify_all();
}

void Barrier::wait_for_the_last(std::optional<scheduler::Duration> timeout) {
  if (!changed_.wait_for([this] { return state_ != State::kFilling; },
                         timeout)) {
    break_it();
    throw BrokenBarrierError("a party has waited long enough");
  }
  if (state_ != State::kDraining) {
    throw BrokenBarrierError("the barrier was reset or aborted");
  }
}

void Barrier::leave() {
  --count_;
  if (count_ == 0 &&
      (state_ == State::kDraining || state_ == State::kResetting)) {
    state_ = State::kFilling;
    changed_.notify_all();
  }
}

void Barrier::break_it() {
  state_ = State::kBroken;
  changed_.notify_all();
}

void Barrier::reset() {
  const std::lock_guard held(lock_);
  if (count_ == 0) {
    state_ = State::kFilling;
  } else if (state_ != State::kDraining) {
    // Those inside must be gone before the next round begins.
    state_ = State::kResetting;
  }
  changed_.notify_all();
}

void Barrier::abort() {
  const std::lock_guard held(lock_);
  break_it();
}

int Barrier::n_waiting() const {
  const std::lock_guard held(lock_);
  return state_ == State::kFilling ? count_ : 0;
}

bool Barrier::broken() const {
  const std::lock_guard held(lock_);
  return state_ == State::kBroken;
}

}  // namespace gil_sim
