// ipc/queue_core.h - the slots of a queue between processes, kill-proof.
//
// CONCEPT     Slots in shared memory and three numbers that only grow: how many
//             items were ever put, taken, and done. Everything else follows
//             from them, so *each operation becomes true by one store*, and a
//             process that is killed in the middle leaves a queue where its
//             operation has happened or has not:
//
//               done = 3   taken = 5      put = 8
//                            [5] [6] [7] [ . ]        items: put - taken
//                                                     unfinished: put - done
//
//             Each number has a robust mutex of its own, held by who makes it
//             grow: one puts while another takes. Who finds nothing to take
//             waits for the number of puts to grow; so it is under *their*
//             mutex that it looks again and says that it sleeps, and nobody
//             ever holds two.
//
//             After a death there is nothing to repair. What could be lost is
//             a wake-up. So sleepers are woken *before* the store: before they
//             sleep again they come no further than the mutex until it is
//             done, and if the one who woke them is killed there, the mutex
//             lets the next of them in. All sleepers are woken, as one that is
//             woken alone may be killed before it runs.
// INVARIANTS  I1. 0 <= done, taken <= put; put - taken <= maxsize.
//             I2. A kill at any instant stops nobody else.
// THREADS     Any, of any process that maps it.
// OWNERSHIP   Each process owns its mapping; made before the fork.
// ERRORS      std::invalid_argument for sizes of zero, for an item that is too
//             long, and for a done() too many; std::system_error from mmap.
// READ NEXT   ipc/queue.h
#ifndef IPC_QUEUE_CORE_H_
#define IPC_QUEUE_CORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ipc/mutex.h"
#include "ipc/shared.h"
#include "os/futex.h"
#include "os/mapping.h"
#include "scheduler/clock.h"

namespace ipc {

class QueueCore {
 public:
  using Deadline = std::optional<scheduler::TimePoint>;

  QueueCore(size_t maxsize, size_t item_size);
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

  // False if the deadline came first.
  bool put(std::span<const std::byte> item, Deadline deadline);
  // How long the item is, which is copied into `out` (of item_size() bytes);
  // nullopt if the deadline came first.
  std::optional<size_t> take(std::span<std::byte> out, Deadline deadline);
  void done();
  bool wait_all_done(Deadline deadline);

  size_t size() const;
  size_t maxsize() const { return maxsize_; }
  size_t item_size() const { return item_size_; }

 private:
  // A number that only grows, those who make it grow, and those who wait for
  // that. On cache lines of its own: the others have theirs.
  struct alignas(64) Side {
    Mutex mutex;
    // Changed with the mutex held; read without it by the other sides.
    std::atomic<uint64_t> count = 0;
    // What was last seen of the other number, which may have grown since: it
    // is looked at only when this does not suffice. Guarded by the mutex.
    uint64_t other_seen = 0;
    os::FutexWord round = 0;
    bool anybody_waits = false;  // guarded by the mutex

    // Wakes all who wait.
    void wake();
  };
  struct State {
    Side put;
    Side taken;
    Side done;
  };
  class Inside;

  // Makes `own` grow by one, and acts, once it is possible with these two
  // numbers, of which the other must have grown. False if the deadline came
  // first.
  template <class Possible, class Act>
  static bool grow(Side& own, Side& other, Deadline deadline, Possible possible,
                   Act act);
  // Until `ready()`, which `side` may make true; false if the deadline came
  // first. Not with any mutex held.
  template <class Ready>
  static bool wait_for(Side& side, Deadline deadline, Ready ready);

  std::byte* slot(uint64_t number) const {
    return slots_.data() + (number & slot_mask_) * slot_size_;
  }

  const size_t maxsize_;
  const size_t item_size_;
  const size_t slot_size_;  // the item and its length
  // Slots are a power of two, as a division would cost as much as the copy.
  const size_t slot_mask_;
  Shared<State> state_;
  os::Mapping slots_;
};

}  // namespace ipc

#endif  // IPC_QUEUE_CORE_H_
