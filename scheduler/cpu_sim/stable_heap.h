// scheduler/cpu_sim/stable_heap.h - the smallest key first, equals in order.
//
// CONCEPT     What is wanted is only ever the next one, so nothing is sorted: a
//             heap keeps each parent before its children, and putting in or
//             taking out moves along one path from root to leaf. With a
//             million jobs that path has 20 steps; a sorted list would have
//             to move half a million entries. A heap forgets the order of
//             equals, so each entry carries the number of its entering.
//
//                       3
//                    5     4        array: 3 5 4 9 6
//                   9 6
//
// IN PYTHON   heapq with (key, next(counter), job) tuples
// INVARIANTS  I1. pop() gives the smallest key; of equal keys, the oldest.
// THREADS     One.
// OWNERSHIP   Borrows the jobs.
// ERRORS      Popping an empty heap is a bug: assert.
// LEFT OUT    Removal from the middle: a waiting job only leaves by its turn.
// READ NEXT   scheduler/cpu_sim/shortest.h
#ifndef SCHEDULER_CPU_SIM_STABLE_HEAP_H_
#define SCHEDULER_CPU_SIM_STABLE_HEAP_H_

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

#include "scheduler/cpu_sim/job.h"

namespace scheduler::cpu_sim {

class StableHeap {
 public:
  bool empty() const { return entries_.empty(); }

  void push(int64_t key, Job& job) {
    entries_.push_back({key, entered_++, &job});
    std::push_heap(entries_.begin(), entries_.end(), later);
  }

  int64_t top_key() const {
    assert(!empty() && "an empty heap has no first");
    return entries_.front().key;
  }

  Job& pop() {
    assert(!empty() && "an empty heap has no first");
    std::pop_heap(entries_.begin(), entries_.end(), later);
    Job& job = *entries_.back().job;
    entries_.pop_back();
    return job;
  }

 private:
  // The key stands beside the pointer: comparing does not touch the jobs,
  // which a big heap would fetch from memory one by one.
  struct Entry {
    int64_t key;
    uint64_t entered;
    Job* job;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key > b.key : a.entered > b.entered;
  }

  std::vector<Entry> entries_;
  uint64_t entered_ = 0;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_STABLE_HEAP_H_
