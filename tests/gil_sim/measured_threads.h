// tests/gil_sim/measured_threads.h - what threads under a lock take, by the
// clock.
//
// CONCEPT     Two measurements every kind of lock is asked for: how long some
//             threads need that all compute under it, and how long a thread
//             that returns from a blocking call waits to be let in again beside
//             one that computes on and on.
// THREADS     Called by one thread, which makes the others and joins them.
// OWNERSHIP   The lock stays the caller's.
// READ NEXT   tests/gil_sim/gil_measures_test.cc
#ifndef TESTS_GIL_SIM_MEASURED_THREADS_H_
#define TESTS_GIL_SIM_MEASURED_THREADS_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <vector>

#include "gil_sim/allow_threads.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "scheduler/clock.h"

namespace tests {

// Seconds until each of `threads` has called `work` under `lock`.
template <class Work>
double seconds_under(gil_sim::InterpreterLock& lock, int threads, Work work) {
  auto& clock = scheduler::SteadyClock::instance();
  std::latch ready(threads);
  std::vector<std::unique_ptr<gil_sim::Thread>> all;
  const auto begin = clock.now();
  for (int i = 0; i < threads; ++i) {
    all.push_back(std::make_unique<gil_sim::Thread>([&] {
      ready.arrive_and_wait();
      const gil_sim::WithGil held(lock);
      work();
    }));
    all.back()->start();
  }
  all.clear();
  return scheduler::in_seconds(clock.now() - begin);
}

// The median, in seconds, of `calls` waits for `lock` after a sleep of a
// millisecond without it, while another thread calls `work` under it.
template <class Work>
double median_wait(gil_sim::InterpreterLock& lock, int calls, Work work) {
  auto& clock = scheduler::SteadyClock::instance();
  std::atomic<bool> stop{false};
  gil_sim::Thread hog([&] {
    const gil_sim::WithGil held(lock);
    while (!stop) {
      work();
    }
  });
  hog.start();
  std::vector<double> waits;
  {
    const gil_sim::WithGil held(lock);
    for (int i = 0; i < calls; ++i) {
      scheduler::TimePoint returned;
      {
        const gil_sim::AllowThreads allow;
        clock.sleep_for(scheduler::seconds(0.001));
        returned = clock.now();
      }
      waits.push_back(scheduler::in_seconds(clock.now() - returned));
    }
  }
  stop = true;
  hog.join();
  const auto middle = waits.begin() + calls / 2;
  std::nth_element(waits.begin(), middle, waits.end());
  return *middle;
}

}  // namespace tests

#endif  // TESTS_GIL_SIM_MEASURED_THREADS_H_
