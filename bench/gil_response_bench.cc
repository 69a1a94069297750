// How soon a thread that comes back from a blocking call runs bytecode again,
// beside one that computes.
//
// THE LIMIT   The same without a lock: it goes on at once.
// gil/N       Under the lock, at an interval of N microseconds. Here the aim is
//             fidelity and not speed: the algorithm makes who comes back wait
//             for an interval.
// TARGET      p50_us within 15 % of CPython's: 1110 at 1000, 5120 at 5000.
//
// The blocking call is a sleep of 100 us, long enough for the other thread to
// wake up and have the lock. A shorter one, such as a byte there and back, may
// be over before, and then nobody waits for anybody.
//
//   bazel run --config=bench //bench:gil_response_bench
#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include "benchmark/benchmark.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/no_gil.h"
#include "scheduler/clock.h"

namespace {

using gil_sim::InterpreterLock;

// Computes under the lock, with check points, for as long as the scope.
class Spinner {
 public:
  explicit Spinner(InterpreterLock& lock)
      : thread_([this, &lock] {
          const gil_sim::WithGil held(lock);
          running_.count_down();
          while (!stop_.load(std::memory_order_relaxed)) {  // seen late is fine
            lock.check_eval_breaker();
          }
        }) {
    running_.wait();
  }
  ~Spinner() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::latch running_{1};
  std::thread thread_;
};

void respond(benchmark::State& state, InterpreterLock& lock) {
  auto& clock = scheduler::SteadyClock::instance();
  const Spinner spinner(lock);
  const gil_sim::WithGil held(lock);
  std::vector<double> microseconds;
  for (auto _ : state) {
    scheduler::TimePoint returned;
    {
      const gil_sim::AllowThreads allow;
      clock.sleep_for(std::chrono::microseconds(100));
      returned = clock.now();
    }
    const double took = scheduler::in_seconds(clock.now() - returned);
    state.SetIterationTime(took);
    microseconds.push_back(1e6 * took);
  }
  std::sort(microseconds.begin(), microseconds.end());
  state.counters["p50_us"] = microseconds[microseconds.size() / 2];
  state.counters["p99_us"] = microseconds[microseconds.size() * 99 / 100];
  state.counters["max_us"] = microseconds.back();
}

void limit_no_lock(benchmark::State& state) {
  gil_sim::NoGil none;
  respond(state, none);
}

void under_gil(benchmark::State& state) {
  gil_sim::Gil gil;
  gil.set_switch_interval(static_cast<double>(state.range(0)) / 1e6);
  respond(state, gil);
}

}  // namespace

BENCHMARK(limit_no_lock)->Iterations(2000)->UseManualTime();
BENCHMARK(under_gil)->Name("gil")->Arg(1000)->Iterations(300)->UseManualTime();
BENCHMARK(under_gil)->Name("gil")->Arg(5000)->Iterations(200)->UseManualTime();
BENCHMARK(under_gil)->Name("gil")->Arg(50000)->Iterations(40)->UseManualTime();

BENCHMARK_MAIN();
