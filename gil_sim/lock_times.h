// gil_sim/lock_times.h - who held the lock, who waited for it, and how long.
//
// CONCEPT     Totals say that threads waited for the lock, and not which. Here
//             each thread has a row of its own. A time costs a look at the
//             clock at each take and each drop, as much as the rest of a take
//             that waits for nobody; so a lock keeps them only when asked to.
//
//               wants it   asks            takes it          drops it
//                 |-- waiting ----------------|-- holding ------|
//                           |-- asking -------|
//
// IN PYTHON   nothing
// INVARIANTS  I1. Of a thread: asking <= waiting, and takes = drops, plus one
//                 while it holds the lock.
//             I2. Times of holding do not overlap: their sum is not longer than
//                 the time since the first take.
// THREADS     One at a time: under the mutex of the lock that owns it.
// OWNERSHIP   Part of a lock.
// READ NEXT   gil_sim/gil.h
#ifndef GIL_SIM_LOCK_TIMES_H_
#define GIL_SIM_LOCK_TIMES_H_

#include <cassert>
#include <cstdint>
#include <map>
#include <vector>

#include "scheduler/clock.h"

namespace gil_sim {

class LockTimes {
 public:
  struct Thread {
    uint64_t thread = 0;  // its thread_number()
    int64_t takes = 0;
    int64_t drops = 0;
    int64_t requests = 0;         // asked by it
    int64_t forced_switches = 0;  // it stood aside
    scheduler::Duration holding{};
    scheduler::Duration waiting{};
    scheduler::Duration asking{};
  };

  void waited(uint64_t thread, scheduler::Duration waiting,
              scheduler::Duration asking = {}) {
    assert(asking <= waiting && "who asks waits");  // [I1]
    of(thread).waiting += waiting;
    of(thread).asking += asking;
  }
  void asked(uint64_t thread) { ++of(thread).requests; }
  void took(uint64_t thread) {
    ++of(thread).takes;
    held_since_ = now();
  }
  void dropped(uint64_t thread) {
    Thread& row = of(thread);
    ++row.drops;
    assert(row.takes == row.drops &&
           "who drops the lock had taken it");  // [I1]
    row.holding += now() - held_since_;         // [I2]
  }
  void stood_aside(uint64_t thread) { ++of(thread).forced_switches; }

  // In the order of their numbers.
  std::vector<Thread> rows() const {
    std::vector<Thread> rows;
    for (const auto& [thread, row] : rows_) {
      rows.push_back(row);
    }
    return rows;
  }

 private:
  static scheduler::TimePoint now() {
    return scheduler::SteadyClock::instance().now();
  }
  Thread& of(uint64_t thread) {
    Thread& row = rows_[thread];
    row.thread = thread;
    return row;
  }

  std::map<uint64_t, Thread> rows_;
  scheduler::TimePoint held_since_{};
};

}  // namespace gil_sim

#endif  // GIL_SIM_LOCK_TIMES_H_
