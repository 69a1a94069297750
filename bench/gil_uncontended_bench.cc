// What it costs to drop the lock and take it again when nobody wants it: every
// blocking call of a program pays this.
//
// THE LIMIT   One mutex locked and unlocked. glibc's mutex is cheaper before
//             the first thread exists, so both are measured without a second
//             thread and beside one that only lives.
// TARGET      3.5 times the mutex beside a second thread, as the algorithm
//             locks three; without one, less than CPython's 21 ns.
//
//   bazel run --config=bench //bench:gil_uncontended_bench
#include <pthread.h>

#include <latch>
#include <thread>

#include "benchmark/benchmark.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"

namespace {

// Alive for as long as the scope, and asleep.
class SecondThread {
 public:
  ~SecondThread() {
    end_.count_down();
    thread_.join();
  }

 private:
  std::latch end_{1};
  std::thread thread_{[this] { end_.wait(); }};
};

void lock_a_mutex(benchmark::State& state) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  for (auto _ : state) {
    pthread_mutex_lock(&mutex);
    benchmark::ClobberMemory();
    pthread_mutex_unlock(&mutex);
  }
}

void drop_and_take(benchmark::State& state) {
  gil_sim::Gil gil;
  const gil_sim::WithGil held(gil);
  for (auto _ : state) {
    gil.drop();
    benchmark::ClobberMemory();
    gil.take();
  }
}

template <void (*body)(benchmark::State&)>
void beside_a_thread(benchmark::State& state) {
  const SecondThread second;
  body(state);
}

}  // namespace

// In this order: what comes after the first thread never is without one again.
BENCHMARK(lock_a_mutex)->Name("limit_mutex/alone");
BENCHMARK(drop_and_take)->Name("gil/alone");
BENCHMARK_TEMPLATE(beside_a_thread, lock_a_mutex)->Name("limit_mutex/threads");
BENCHMARK_TEMPLATE(beside_a_thread, drop_and_take)->Name("gil/threads");

BENCHMARK_MAIN();
