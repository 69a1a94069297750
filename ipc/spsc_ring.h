// ipc/spsc_ring.h - the fastest way from one process to another.
//
// CONCEPT     An array in shared memory, used as a ring, with two numbers: how
//             many items were ever written, and how many ever read. One
//             process only writes the first number, the other only the second,
//             so there is nothing to lock:
//
//                 read = 6            written = 9
//                    v                   v
//               [ . ][6][7][8][ . ][ . ][ . ]      room: capacity - (9 - 6)
//
//             An item is copied into its place first and published after, by
//             one store; a writer that is killed in between leaves no half of
//             an item. Four things make it fast: each number has a cache line
//             of its own; each side remembers what it last saw of the other's
//             number, and looks again only when that does not suffice; who
//             writes many at once publishes them by one store; and no side
//             waits for its store to be seen.
//
//             Nobody spins for long: who finds nothing says "I sleep", looks
//             once more, and sleeps. The other publishes, and then asks whether
//             somebody sleeps. Both must be in this order for everybody to
//             see, or both can miss each other for ever. A full fence on each
//             side would do it, and cost the side that publishes more than
//             the item does. So the one who is about to sleep, and has time,
//             fences for both.
// IN PYTHON   nothing; a multiprocessing.Pipe does the same through the kernel
// INVARIANTS  I1. Items come out in order, once, and whole.
//             I2. Nobody sleeps while there is something to do.
// THREADS     One writer and one reader. Another process may take over from one
//             that has come back from its last call and never makes another.
// OWNERSHIP   Each process owns its mapping; make it before the fork.
// ERRORS      std::invalid_argument for no capacity; std::system_error from
//             mmap and membarrier. A peer that is killed is not noticed here:
//             whoever knows its sentinel calls close(), from any process.
// LEFT OUT    Items of different lengths: ipc/connection.h.
// READ NEXT   ipc/queue.h, for many writers and readers
#ifndef IPC_SPSC_RING_H_
#define IPC_SPSC_RING_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>

#include "ipc/flat.h"
#include "ipc/shared.h"
#include "os/asymmetric_fence.h"
#include "os/futex.h"
#include "os/mapping.h"
#include "scheduler/clock.h"

namespace ipc {

template <class T>
class SpscRing {
  static_assert(Flat<T>,
                "what refers to memory means nothing in another process");

 public:
  using Timeout = std::optional<scheduler::Duration>;

  // Room for `capacity` items, rounded up to a power of two.
  explicit SpscRing(size_t capacity)
      : capacity_(rounded(capacity)),
        items_(os::Mapping::anonymous(capacity_ * sizeof(T),
                                      os::Mapping::Sharing::kShared)) {}

  size_t capacity() const { return capacity_; }
  // At this instant.
  size_t size() const {
    const uint64_t read = shared_->read.load();
    return static_cast<size_t>(shared_->written.load() - read);
  }

  // The writer. As many as there is room for, published together; says how
  // many that was.
  size_t try_write(std::span<const T> items);
  // All of them; fewer if `timeout` comes first or the ring is closed.
  size_t write(std::span<const T> items, Timeout timeout = std::nullopt);
  bool push(const T& item, Timeout timeout = std::nullopt) {
    return write(std::span(&item, 1), timeout) == 1;
  }

  // The reader. As many as there are, at most items.size().
  size_t try_read(std::span<T> items);
  // The same, but waits for the first; 0 if `timeout` comes first, or if the
  // ring is closed and empty.
  size_t read(std::span<T> items, Timeout timeout = std::nullopt);
  bool pop(T& item, Timeout timeout = std::nullopt) {
    return read(std::span(&item, 1), timeout) == 1;
  }

  // Nothing more will be written, and nobody waits any longer. What is there
  // can still be read. By anybody.
  void close() {
    shared_->closed.store(true);
    // Whether somebody sleeps is not asked: the one who woke him may have been
    // killed on the way.
    for (os::FutexWord* asleep :
         {&shared_->reader_asleep, &shared_->writer_asleep}) {
      asleep->store(0);
      os::futex_wake(*asleep);
    }
  }
  bool closed() const { return shared_->closed.load(); }

 private:
  // The size of a cache line.
  static constexpr size_t kLine = 64;
  // So often a side looks before it sleeps, about a microsecond in all: less
  // than the way into the kernel and out again.
  static constexpr int kLooks = 500;

  struct Numbers {
    alignas(kLine) std::atomic<uint64_t> written = 0;
    alignas(kLine) std::atomic<uint64_t> read = 0;
    // Seldom changed, so looking at them costs no transfer.
    alignas(kLine) os::FutexWord reader_asleep = 0;
    os::FutexWord writer_asleep = 0;
    std::atomic<bool> closed = false;
  };

  static size_t rounded(size_t capacity) {
    if (capacity < 1 || capacity > (size_t{1} << 40) / sizeof(T)) {
      throw std::invalid_argument("a ring of so many items cannot be");
    }
    return std::bit_ceil(capacity);
  }
  T* place(uint64_t number) const {
    return reinterpret_cast<T*>(items_.data()) + (number & (capacity_ - 1));
  }
  // How many of `count` places from `number` on come before the ring's end.
  size_t before_end(uint64_t number, size_t count) const {
    return std::min(count,
                    capacity_ - static_cast<size_t>(number & (capacity_ - 1)));
  }
  // After something was published.
  void wake(os::FutexWord& asleep) const {
    fence_.light();  // the other one's heavy() is in wait() [I2]
    // Relaxed: the fence says what is seen, and no data comes with it.
    if (asleep.load(std::memory_order_relaxed) != 0) {
      asleep.store(0);
      os::futex_wake(asleep);
    }
  }
  // Until `ready()`; false if `deadline` came first.
  template <class Ready>
  bool wait(os::FutexWord& asleep, Ready ready,
            std::optional<scheduler::TimePoint> deadline) const;

  Shared<Numbers> shared_;
  const os::AsymmetricFence fence_;
  const size_t capacity_;
  os::Mapping items_;
  // What this process last saw of the other side's number: the writer of the
  // first, the reader of the second; less than now, and even less than our own
  // number if we took over. On lines of their own, as the two may be threads of
  // one process.
  alignas(kLine) uint64_t read_seen_ = 0;
  alignas(kLine) uint64_t written_seen_ = 0;
};

template <class T>
size_t SpscRing<T>::try_write(std::span<const T> items) {
  // Relaxed: nobody but the writer changes it.
  const uint64_t at = shared_->written.load(std::memory_order_relaxed);
  if (at + items.size() > read_seen_ + capacity_) {
    // Acquire: what the reader has read out may be written over only then.
    read_seen_ = shared_->read.load(std::memory_order_acquire);
  }
  const size_t count =
      std::min<size_t>(items.size(), capacity_ - (at - read_seen_));
  if (count > 0) {
    const size_t first = before_end(at, count);
    std::uninitialized_copy_n(items.begin(), first, place(at));
    if (first < count) {  // to copy nothing would be a call all the same
      std::uninitialized_copy_n(items.begin() + static_cast<ptrdiff_t>(first),
                                count - first, place(at + first));
    }
    // Release: who sees the number sees the items.
    shared_->written.store(at + count, std::memory_order_release);
    wake(shared_->reader_asleep);
  }
  return count;
}

template <class T>
size_t SpscRing<T>::try_read(std::span<T> items) {
  // Relaxed: nobody but the reader changes it.
  const uint64_t at = shared_->read.load(std::memory_order_relaxed);
  if (at + items.size() > written_seen_) {
    // Acquire: the items are to be seen with the number that tells of them.
    written_seen_ = shared_->written.load(std::memory_order_acquire);
  }
  const size_t count = std::min<size_t>(items.size(), written_seen_ - at);
  if (count > 0) {
    const size_t first = before_end(at, count);
    std::copy_n(place(at), first, items.begin());
    if (first < count) {
      std::copy_n(place(at + first), count - first,
                  items.begin() + static_cast<ptrdiff_t>(first));
    }
    // Release: the places are free only after the copy.
    shared_->read.store(at + count, std::memory_order_release);
    wake(shared_->writer_asleep);
  }
  return count;
}

template <class T>
size_t SpscRing<T>::write(std::span<const T> items, Timeout timeout) {
  size_t done = closed() ? 0 : try_write(items);
  if (done == items.size() || closed()) {
    return done;
  }
  const auto deadline = scheduler::deadline_after(timeout);
  while (done < items.size() &&
         wait(
             shared_->writer_asleep,
             [this] { return closed() || size() < capacity_; }, deadline) &&
         !closed()) {
    done += try_write(items.subspan(done));
  }
  return done;
}

template <class T>
size_t SpscRing<T>::read(std::span<T> items, Timeout timeout) {
  if (const size_t count = try_read(items); count > 0 || items.empty()) {
    return count;
  }
  const auto deadline = scheduler::deadline_after(timeout);
  wait(
      shared_->reader_asleep, [this] { return closed() || size() > 0; },
      deadline);
  return try_read(items);  // what was written before the end counts
}

template <class T>
template <class Ready>
bool SpscRing<T>::wait(os::FutexWord& asleep, Ready ready,
                       std::optional<scheduler::TimePoint> deadline) const {
  for (int look = 0; look < kLooks; ++look) {
    if (ready()) {
      return true;
    }
  }
  for (;;) {
    asleep.store(1);
    fence_.heavy();  // the other one's light() is in wake() [I2]
    if (ready()) {
      asleep.store(0);
      return true;
    }
    if (!os::futex_wait(asleep, 1, deadline)) {
      asleep.store(0);
      return ready();
    }
  }
}

}  // namespace ipc

#endif  // IPC_SPSC_RING_H_
