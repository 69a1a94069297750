// demos/count_in_threads.h - some threads that begin together, and the time of
// each thing they do.
//
// CONCEPT     Threads that are started one after the other may never meet: the
//             first has ended before the second begins. So all wait at a gate,
//             and the clock runs from its opening to the end of the last one.
// IN PYTHON   threading.Barrier, time.perf_counter
// THREADS     The caller's, which may do something meanwhile.
// OWNERSHIP   The threads have ended when a call returns or throws.
// ERRORS      std::system_error if the system gives no thread.
// READ NEXT   demos/lost_update.cc, demos/queue_vs_lock.cc
#ifndef DEMOS_COUNT_IN_THREADS_H_
#define DEMOS_COUNT_IN_THREADS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "demos/support/gate.h"
#include "gil_sim/thread.h"
#include "scheduler/clock.h"

namespace demos {

class Stopwatch {
 public:
  double ns_each(int64_t count) const {
    return scheduler::in_seconds(clock_.now() - start_) * 1e9 /
           static_cast<double>(count);
  }

 private:
  const scheduler::Clock& clock_ = scheduler::SteadyClock::instance();
  const scheduler::TimePoint start_ = clock_.now();
};

// Calls step(thread) `n` times in each of `count` threads, and meanwhile() in
// this one. Gives the nanoseconds for each step, of all threads together.
template <class Step, class Meanwhile>
double count_in_threads(int count, int n, Step step, Meanwhile meanwhile) {
  support::Gate gate;
  std::vector<std::unique_ptr<gil_sim::Thread>> threads;
  const support::OpensGate at_the_latest(gate);
  for (int t = 0; t < count; ++t) {
    threads.push_back(std::make_unique<gil_sim::Thread>([=, &gate] {
      gate.wait();
      for (int i = 0; i < n; ++i) {
        step(t);
      }
    }));
    threads.back()->start();
  }
  const Stopwatch watch;
  gate.open();
  meanwhile();
  for (const auto& thread : threads) {
    thread->join();
  }
  return watch.ns_each(int64_t{count} * n);
}

template <class Step>
double count_in_threads(int count, int n, Step step) {
  return count_in_threads(count, n, step, [] {});
}

}  // namespace demos

#endif  // DEMOS_COUNT_IN_THREADS_H_
