// scheduler/cpu_sim/cpu_heap.h - one key per CPU, the smallest at hand.
//
// CONCEPT     The simulator keeps two questions answered at all times: which
//             CPU is the next to reach the end of its slice, and which one
//             runs the least urgent job. Both keys change when a job is taken
//             off its CPU early. A plain heap could only mark the old entry as
//             stale and meet it again later; here each CPU also knows its
//             place in the heap, so its key can be changed or removed where it
//             stands, and the heap never holds more than one entry per CPU.
// INVARIANTS  I1. top() is the CPU with the smallest key; of equals, the CPU
//                 with the lowest number.
//             I2. place_[heap_[i].cpu] == i.
// THREADS     One.
// OWNERSHIP   Owns its keys.
// ERRORS      Asking an empty heap, or for a CPU that is not in: assert.
// READ NEXT   scheduler/cpu_sim/simulator.h
#ifndef SCHEDULER_CPU_SIM_CPU_HEAP_H_
#define SCHEDULER_CPU_SIM_CPU_HEAP_H_

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace scheduler::cpu_sim {

class CpuHeap {
 public:
  explicit CpuHeap(int cpus) : place_(static_cast<size_t>(cpus), kAbsent) {}

  bool empty() const { return heap_.empty(); }
  bool contains(int cpu) const { return place(cpu) != kAbsent; }
  int top() const {
    assert(!empty() && "no CPU has a key");
    return heap_.front().cpu;
  }
  int64_t top_key() const {
    assert(!empty() && "no CPU has a key");
    return heap_.front().key;
  }
  int64_t key(int cpu) const {
    assert(contains(cpu) && "this CPU has no key");
    return heap_[place(cpu)].key;
  }

  // Gives the CPU this key, whether it had one or not.
  void set(int cpu, int64_t key) {
    if (!contains(cpu)) {
      place_[static_cast<size_t>(cpu)] = heap_.size();
      heap_.push_back({key, cpu});
    } else {
      heap_[place(cpu)].key = key;
    }
    settle(place(cpu));
  }

  // Takes the CPU out, if it is in.
  void erase(int cpu) {
    if (!contains(cpu)) {
      return;
    }
    const size_t hole = place(cpu);
    place_[static_cast<size_t>(cpu)] = kAbsent;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (hole < heap_.size()) {
      put(hole, last);
      settle(hole);
    }
  }

 private:
  static constexpr size_t kAbsent = SIZE_MAX;
  struct Entry {
    int64_t key;
    int cpu;
    bool operator<(const Entry& other) const {
      return std::pair(key, cpu) < std::pair(other.key, other.cpu);
    }
  };

  size_t place(int cpu) const { return place_[static_cast<size_t>(cpu)]; }
  void put(size_t at, Entry entry) {
    heap_[at] = entry;
    place_[static_cast<size_t>(entry.cpu)] = at;  // [I2]
  }

  // Moves the entry at `at` up or down until it stands right.
  void settle(size_t at) {
    const Entry entry = heap_[at];
    while (at > 0 && entry < heap_[(at - 1) / 2]) {
      put(at, heap_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    for (size_t child; (child = 2 * at + 1) < heap_.size(); at = child) {
      if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) {
        ++child;
      }
      if (!(heap_[child] < entry)) {
        break;
      }
      put(at, heap_[child]);
    }
    put(at, entry);
  }

  std::vector<Entry> heap_;
  std::vector<size_t> place_;  // by CPU
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_CPU_HEAP_H_
