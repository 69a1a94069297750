// ipc/task_ring.h - tasks laid out in shared memory for whoever is free.
//
// CONCEPT     A ring of places, each with room for one small task. The pool
//             lays tasks out and numbers them by tickets. A free worker takes
//             the one with the lowest ticket, does it, and leaves the answer
//             in the same place. As long as there is work, nobody calls the
//             system:
//
//               ticket    12         9         10         11
//                      [posted] [answered] [taken: B] [taken: A]
//                         ^ head: the next to be taken
//
//             Ticket and holder of a place are one word. To take a task is to
//             change this word from "12, posted" to "12, A" by one
//             compare-and-swap. So there is no instant at which a task is
//             neither on offer nor known to be somebody's, and whatever kills
//             a worker, the words tell which task it was at. An answer counts
//             from the moment the word says so: half of one is never seen.
//
//             Nor does anybody wait for one who was stopped half way. Whoever
//             finds that `head` names a ticket which is gone moves it on
//             himself. A place whose task takes long is passed over when the
//             tickets come round to it: they skip it.
//
//             A task too long for its place is taken like the others; its
//             bytes then go to the one who took it by another way.
// IN PYTHON   multiprocessing.pool.Pool._inqueue and _outqueue, two pipes with
//             a lock at each end; one that dies inside stops the others
// INVARIANTS  I1. Each task is taken once, or withdrawn.
//             I2. They are taken in the order in which they were posted: a
//                 task may wait for an earlier one.
//             I3. However many workers hold a task, half of the places are for
//                 others.
// THREADS     One at a time on the pool's side; each worker for itself.
// OWNERSHIP   Owns the memory; make it before the workers are forked.
// ERRORS      std::system_error from mmap; std::invalid_argument for more than
//             kMaxWorker workers.
// LEFT OUT    Protection against a job that writes at a wild address: in here
//             it reaches what the others do. A ring for each worker would keep
//             them apart, but begin tasks out of order: one that waits for an
//             earlier task, which lies behind a busy worker, waits for ever.
// READ NEXT   ipc/pool_core.h
#ifndef IPC_TASK_RING_H_
#define IPC_TASK_RING_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "os/mapping.h"

namespace ipc {

class TaskRing {
 public:
  using WorkerId = uint32_t;  // 1 to kMaxWorker
  static constexpr WorkerId kMaxWorker = (WorkerId{1} << 30) - 1;
  static constexpr size_t kRoom = 1000;  // bytes of a task or an answer

  // With twice as many places as there are workers, or more. [I3]
  explicit TaskRing(size_t workers);

  // The pool's side.

  size_t places() const { return used_.size(); }
  bool has_room() const { return size_ < places(); }
  size_t size() const { return size_; }  // of the places used
  // Needs room for it. Says in which place it is from now on.
  size_t post(std::span<const std::byte> task);
  // So that no worker takes it any more; false if one was faster.
  bool withdraw(size_t place);
  // After that, or when the answer has been read, or if nobody will give one.
  void clear(size_t place);

  enum class Stage { kPosted, kTaken, kAnswersLong, kAnswered };
  struct Status {
    Stage stage;
    WorkerId worker;  // 0 if only posted
  };
  bool used(size_t place) const { return used_[place]; }
  Status look(size_t place) const;  // at a used one
  std::span<const std::byte> answer(size_t place) const;

  // The place that stands `steps` behind the oldest: for going through all of
  // them in the order of their tickets, but for those that were skipped.
  size_t place_in_order(size_t steps) const {
    return (tail_ + steps) % places();
  }
  // How many tickets no worker has come to: as many tasks at the most.
  size_t waiting() const { return tail_ - words().head.load(); }

  // Who sleeps says so first, then looks once more; who brings news asks
  // afterwards whether somebody sleeps. So one of the two sees the other.
  void begin_sleep() { words().pool_sleeps.store(sleeps_ += 2); }
  void end_sleep() { words().pool_sleeps.store(0); }

  // A worker's side.

  struct Task {
    size_t place;
    std::optional<std::span<const std::byte>> content;  // if there was room
  };
  // Nothing if there is none.
  std::optional<Task> take(WorkerId worker);
  // False if it is too long for the place: then the place says so, and it must
  // go another way.
  bool answer(size_t place, std::span<const std::byte> answer);

  // A number for each sleep of the pool; 0 while it is awake. That each worker
  // remembers the one it has ended saves all others from relying on it.
  uint32_t pool_sleeps() const { return words().pool_sleeps.load(); }

 private:
  // A cache line: what one process changes all the time, the others should
  // not have to fetch again for nothing.
  static constexpr size_t kLine = 64;

  // One word, also in its place in memory: both halves change at once.
  struct alignas(uint64_t) Tag {
    uint32_t ticket;
    uint32_t holder;  // a worker's number, with one of these bits or none
    friend bool operator==(const Tag&, const Tag&) = default;
  };
  static constexpr uint32_t kNobody = 0;
  static constexpr uint32_t kAnswersLong = uint32_t{1} << 30;
  static constexpr uint32_t kAnswered = uint32_t{1} << 31;

  struct alignas(kLine) Place {
    std::atomic<Tag> tag;
    uint32_t size;
    std::array<std::byte, kRoom> bytes;
  };
  static_assert(std::atomic<Tag>::is_always_lock_free,
                "a lock inside would be one per process");

  struct Words {
    alignas(kLine) std::atomic<uint32_t> head = 0;
    alignas(kLine) std::atomic<uint32_t> tail = 0;
    alignas(kLine) std::atomic<uint32_t> pool_sleeps = 0;
  };

  // The memory: the words, and the places behind them.
  Words& words() const { return *reinterpret_cast<Words*>(memory_.data()); }
  Place& place(size_t number) const {
    return reinterpret_cast<Place*>(memory_.data() + sizeof(Words))[number];
  }

  os::Mapping memory_;
  // The pool's own.
  uint32_t tail_ = 0;       // of `tail`
  std::vector<bool> used_;  // a power of two, as tickets go round at 2^32
  size_t size_ = 0;
  uint32_t sleeps_ = 1;  // odd, so never 0
};

}  // namespace ipc

#endif  // IPC_TASK_RING_H_
