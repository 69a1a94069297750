// loop/timer_queue.h - who wants to be woken first?
//
// CONCEPT     A heap with four children per node: half as deep as a binary one
//             and four children of 16 bytes lie side by side, so that finding
//             the smallest touches one or two cache lines. Every entry knows
//             its index, which makes cancelling O(log n): it is taken out at
//             once, where a plain heap can only mark it dead and must carry it
//             until its time comes.
//
//                         0                  children of i: 4i+1 .. 4i+4
//                 1   2       3   4          parent of i:   (i-1) / 4
//               5..8 9..12 13..16 17..20
//
// IN PYTHON   BaseEventLoop._scheduled, a heapq; there the order of equal
//             deadlines is not promised. Here it is the order of insertion.
// INVARIANTS  I1. No entry is due before its parent.
//             I2. heap[r.timer_index].item == &r for every entry r.
//             I3. Entries with equal deadlines come out in order of insertion.
// THREADS     The loop's thread.
// OWNERSHIP   Borrows its entries.
// ERRORS      Pushing what is in already, or taking from an empty queue, is a
//             bug: assert. std::bad_alloc leaves the queue as it was.
// LEFT OUT    A timer wheel: several times faster, but it rounds deadlines.
// READ NEXT   loop/core.h
#ifndef LOOP_TIMER_QUEUE_H_
#define LOOP_TIMER_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loop/runnable.h"
#include "scheduler/clock.h"

namespace loop {

class TimerQueue {
 public:
  void push(Runnable& item, scheduler::TimePoint when);
  // Takes `item` out before its time.
  void remove(Runnable& item);
  // Takes out the one that is due first.
  Runnable& pop();

  static bool contains(const Runnable& item) {
    return item.timer_index != Runnable::kNoTimer;
  }
  bool empty() const { return heap_.empty(); }
  size_t size() const { return heap_.size(); }
  // When the first one is due. Not for an empty queue.
  scheduler::TimePoint next() const;

 private:
  // The deadline stands beside the pointer: comparing follows no pointer
  // unless two deadlines are equal.
  struct Slot {
    scheduler::TimePoint when;
    Runnable* item;
  };
  static bool before(const Slot& a, const Slot& b);
  void place(size_t index, Slot slot);
  void sift_up(size_t index, Slot slot);
  void sift_down(size_t index, Slot slot);
  void take_out(size_t hole);

  std::vector<Slot> heap_;
  uint64_t next_sequence_ = 0;
};

}  // namespace loop

#endif  // LOOP_TIMER_QUEUE_H_
