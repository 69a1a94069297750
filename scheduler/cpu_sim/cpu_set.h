// scheduler/cpu_sim/cpu_set.h - a bit per CPU.
//
// CONCEPT     Which CPUs are idle, which queues have someone waiting: one bit
//             each, and "the first from here on" looks at 64 of them in one
//             instruction. A thousand CPUs are 16 words, in one or two cache
//             lines; a tree of numbers would allocate at each change. Kernels
//             do it the same way; search for "cpumask".
// IN PYTHON   an int used as a set of bits
// INVARIANTS  I1. next_from(i) is the first member at or after i, in a circle.
// THREADS     One.
// OWNERSHIP   Owns its bits.
// ERRORS      Asking an empty set for a member is a bug: assert.
// READ NEXT   scheduler/cpu_sim/simulator.h
#ifndef SCHEDULER_CPU_SIM_CPU_SET_H_
#define SCHEDULER_CPU_SIM_CPU_SET_H_

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace scheduler::cpu_sim {

class CpuSet {
 public:
  explicit CpuSet(int cpus) : words_((static_cast<size_t>(cpus) + 63) / 64) {}

  bool empty() const { return members_ == 0; }
  bool contains(int cpu) const { return (word_of(cpu) & bit_of(cpu)) != 0; }
  void insert(int cpu) {
    members_ += contains(cpu) ? 0 : 1;
    words_[index_of(cpu)] |= bit_of(cpu);
  }
  void erase(int cpu) {
    members_ -= contains(cpu) ? 1 : 0;
    words_[index_of(cpu)] &= ~bit_of(cpu);
  }

  int first() const { return next_from(0); }
  int next_from(int cpu) const {
    assert(!empty() && "nobody is in the set");
    size_t index = index_of(cpu);
    uint64_t word = word_of(cpu) & ~(bit_of(cpu) - 1);
    while (word == 0) {
      index = index + 1 == words_.size() ? 0 : index + 1;
      word = words_[index];
    }
    return static_cast<int>(index * 64) + std::countr_zero(word);
  }

 private:
  static size_t index_of(int cpu) { return static_cast<size_t>(cpu) / 64; }
  static uint64_t bit_of(int cpu) { return uint64_t{1} << (cpu % 64); }
  uint64_t word_of(int cpu) const { return words_[index_of(cpu)]; }

  std::vector<uint64_t> words_;
  int members_ = 0;
};

}  // namespace scheduler::cpu_sim

#endif  // SCHEDULER_CPU_SIM_CPU_SET_H_
