#include "ipc/barrier.h"

#include <stdexcept>

#include "scheduler/errors.h"

namespace ipc {

using scheduler::BrokenBarrierError;

// The mutex, for a scope. A party that died inside it left numbers that may
// not fit together, so the barrier breaks; reset() makes them new. [I3]
class Barrier::Inside {
 public:
  explicit Inside(Barrier& barrier) : barrier_(barrier) {
    barrier_.mutex_.lock();
    check();
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { barrier_.mutex_.unlock(); }

  void check() {
    if (barrier_.mutex_.owner_died()) {
      barrier_.broken_ = true;
      barrier_.changed_.notify_all();
      barrier_.mutex_.mark_repaired();
    }
  }

 private:
  Barrier& barrier_;
};

Barrier::Barrier(int parties, Action action)
    : parties_(parties), action_(action) {
  if (parties < 1) {
    throw std::invalid_argument("a barrier has at least one party");
  }
}

int Barrier::wait(std::optional<scheduler::Duration> timeout) {
  Inside inside(*this);
  if (broken_) {
    throw BrokenBarrierError("the barrier is broken");
  }
  const uint64_t round = round_;
  const int index = count_++;
  if (count_ == parties_) {
    try {
      if (action_ != nullptr) {
        action_();
      }
    } catch (...) {
      broken_ = true;
      changed_.notify_all();
      throw;
    }
    end_round(true);  // [I1]
    return index;
  }
  const bool ended = changed_.wait_for(
      mutex_,
      [&] {
        inside.check();
        return broken_ || round_ != round;
      },
      timeout);
  if (!ended) {
    broken_ = true;
    changed_.notify_all();
    throw BrokenBarrierError("a party has waited long enough");
  }
  // A round that has passed stays so, even if the next one broke meanwhile.
  if (round_ == round || !has_passed(round)) {
    throw BrokenBarrierError("the barrier was broken, reset or aborted");
  }
  return index;  // [I2]
}

void Barrier::end_round(bool passed) {
  passed_ = passed_ << 1 | (passed ? 1 : 0);
  ++round_;
  count_ = 0;
  changed_.notify_all();
}

bool Barrier::has_passed(uint64_t round) const {
  const uint64_t ago = round_ - round - 1;
  return ago < 64 && (passed_ >> ago & 1) != 0;
}

void Barrier::reset() {
  const Inside inside(*this);
  broken_ = false;
  if (count_ > 0) {
    end_round(false);
  }
}

void Barrier::abort() {
  const Inside inside(*this);
  broken_ = true;
  changed_.notify_all();
}

int Barrier::n_waiting() {
  const Inside inside(*this);
  return broken_ ? 0 : count_;
}

bool Barrier::broken() {
  const Inside inside(*this);
  return broken_;
}

}  // namespace ipc
