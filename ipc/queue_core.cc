#include "ipc/queue_core.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace ipc {

namespace {

// The length before each item.
using Length = uint64_t;

size_t slot_size_for(size_t maxsize, size_t item_size) {
  if (maxsize < 1 || item_size < 1) {
    throw std::invalid_argument("a queue has room for one item at least");
  }
  constexpr size_t kMost = std::numeric_limits<size_t>::max() / 4;
  // Lengths lie at multiples of their own size.
  constexpr size_t kStep = sizeof(Length);
  const size_t size =
      kStep + (std::min(item_size, kMost) + kStep - 1) / kStep * kStep;
  if (item_size > kMost || size > kMost / maxsize) {
    throw std::invalid_argument("a queue of so many items cannot be");
  }
  return size;
}

// So often a side looks before it sleeps, about a microsecond in all: less than
// the way into the kernel and out again.
constexpr int kLooks = 200;

}  // namespace

void QueueCore::Side::wake() {
  anybody_waits = false;
  ++round;
  os::futex_wake(round);
}

// The mutex of one side, for a scope.
class QueueCore::Inside {
 public:
  explicit Inside(Side& side) : side_(side) {
    side_.mutex.lock();
    // A holder was killed. The number is whole, but it may have noted that
    // nobody waits any more without waking those who do. [I2]
    if (side_.mutex.owner_died()) {
      side_.wake();
      side_.mutex.mark_repaired();
    }
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { side_.mutex.unlock(); }

 private:
  Side& side_;
};

template <class Ready>
bool QueueCore::wait_for(Side& side, Deadline deadline, Ready ready) {
  for (int look = 0; look < kLooks; ++look) {
    if (ready()) {
      return true;
    }
  }
  uint32_t seen;
  {
    // Nothing changes while we look for the last time: whoever is in the
    // middle of it has left, or is dead. [I2]
    const Inside inside(side);
    if (ready()) {
      return true;
    }
    side.anybody_waits = true;
    seen = side.round.load();
  }
  // Whoever changes something now changes the word as well.
  return os::futex_wait(side.round, seen, deadline);
}

template <class Possible, class Act>
bool QueueCore::grow(Side& own, Side& other, Deadline deadline,
                     Possible possible, Act act) {
  for (bool last = false;;) {
    {
      const Inside inside(own);
      // Relaxed: nobody changes it while we have the mutex.
      const uint64_t number = own.count.load(std::memory_order_relaxed);
      if (!possible(number, own.other_seen)) {
        // Acquire: what the others did in the slots comes before what we do.
        own.other_seen = other.count.load(std::memory_order_acquire);
      }
      if (possible(number, own.other_seen)) {
        act(number);
        if (own.anybody_waits) {
          own.wake();  // first [I2]
        }
        // Release: what we did in the slot is seen with the number.
        own.count.store(number + 1, std::memory_order_release);
        return true;
      }
    }
    if (last) {
      return false;
    }
    const bool changed = wait_for(other, deadline, [&] {
      return possible(own.count.load(), other.count.load());
    });
    // Others may be quicker than we are, again and again.
    last = !changed ||
           (deadline && scheduler::SteadyClock::instance().now() >= *deadline);
  }
}

QueueCore::QueueCore(size_t maxsize, size_t item_size)
    : maxsize_(maxsize),
      item_size_(item_size),
      slot_size_(slot_size_for(maxsize, item_size)),
      slot_mask_(std::bit_ceil(maxsize) - 1),
      slots_(os::Mapping::anonymous((slot_mask_ + 1) * slot_size_,
                                    os::Mapping::Sharing::kShared)) {}

bool QueueCore::put(std::span<const std::byte> item, Deadline deadline) {
  if (item.size() > item_size_) {
    throw std::invalid_argument("an item of " + std::to_string(item.size()) +
                                " bytes does not fit in the queue's " +
                                std::to_string(item_size_));
  }
  return grow(
      state_->put, state_->taken, deadline,
      [this](uint64_t put, uint64_t taken) { return put - taken < maxsize_; },
      [&](uint64_t number) {
        const Length length = item.size();
        std::memcpy(slot(number), &length, sizeof length);
        if (!item.empty()) {
          std::memcpy(slot(number) + sizeof length, item.data(), item.size());
        }
      });
}

std::optional<size_t> QueueCore::take(std::span<std::byte> out,
                                      Deadline deadline) {
  assert(out.size() >= item_size_ && "an item may be as long as that");
  Length length = 0;
  const bool took = grow(
      state_->taken, state_->put, deadline,
      [](uint64_t taken, uint64_t put) { return put > taken; },
      [&](uint64_t number) {
        std::memcpy(&length, slot(number), sizeof length);
        std::memcpy(out.data(), slot(number) + sizeof length, length);
      });
  return took ? std::optional<size_t>(length) : std::nullopt;
}

void QueueCore::done() {
  Side& side = state_->done;
  const Inside inside(side);
  const uint64_t done = side.count.load();
  const uint64_t put = state_->put.count.load();
  if (done == put) {
    throw std::invalid_argument("task_done() was called too many times");
  }
  if (done + 1 == put && side.anybody_waits) {
    side.wake();  // first [I2]
  }
  side.count.store(done + 1);
}

bool QueueCore::wait_all_done(Deadline deadline) {
  const auto all_done = [&] {
    // In this order: there are never more done than put.
    const uint64_t done = state_->done.count.load();
    return done == state_->put.count.load();
  };
  for (bool in_time = true; !all_done();) {
    if (!in_time) {
      return false;
    }
    in_time = wait_for(state_->done, deadline, all_done);
  }
  return true;
}

size_t QueueCore::size() const {
  // In this order: there are never more taken than put. Acquire: the second
  // number is not older than the first.
  const uint64_t taken = state_->taken.count.load(std::memory_order_acquire);
  return static_cast<size_t>(state_->put.count.load(std::memory_order_acquire) -
                             taken);
}

}  // namespace ipc
