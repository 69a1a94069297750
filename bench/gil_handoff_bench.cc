// What it costs to hand on, from thread to thread, the right to go on.
//
// THE LIMIT   A mutex and two conditions: two threads take turns.
// two_locks   The same, but who runs holds a second mutex, as it would hold the
//             GIL. It still does when it wakes the other one, who wakes up,
//             finds it taken and sleeps again: two changes of thread for each
//             hand-over, where the limit has one. No lock can spare that which
//             wakes before it drops, as Python's does.
// gil         The same between two threads under the lock, by two locks of
//             Python's kind: who waits for his drops the GIL, and takes it
//             again when he is woken.
// TARGET      1.5 times the limit on one processor. On two it is mostly the
//             time that an idle processor needs to wake up, so nothing is
//             promised there.
//
// One iteration is two hand-overs, there and back.
//
//   bazel run --config=bench //bench:gil_handoff_bench
#include <pthread.h>
#include <sched.h>

#include <thread>

#include "benchmark/benchmark.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/lock.h"

namespace {

// This thread, and those that it starts, on the CPU it is on; then as before.
class OnOneCpu {
 public:
  OnOneCpu() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<size_t>(sched_getcpu()), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OnOneCpu() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

// Whose turn it is, and two who wait for theirs.
class Turns {
 public:
  ~Turns() {
    pthread_mutex_destroy(&mutex_);
    for (pthread_cond_t& changed : changed_) {
      pthread_cond_destroy(&changed);
    }
  }

  void wait_for(int me) {
    pthread_mutex_lock(&mutex_);
    while (turn_ != me) {
      pthread_cond_wait(&changed_[me], &mutex_);
    }
    pthread_mutex_unlock(&mutex_);
  }
  void give_to(int other) {
    pthread_mutex_lock(&mutex_);
    turn_ = other;
    pthread_mutex_unlock(&mutex_);
    pthread_cond_signal(&changed_[other]);
  }

 private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_[2] = {PTHREAD_COND_INITIALIZER,
                                PTHREAD_COND_INITIALIZER};
  int turn_ = 0;
};

void take_turns(benchmark::State& state) {
  Turns turns;
  bool more = true;  // written and read in turn
  std::thread other([&] {
    for (;;) {
      turns.wait_for(1);
      if (!more) {
        return;
      }
      turns.give_to(0);
    }
  });
  for (auto _ : state) {
    turns.give_to(1);
    turns.wait_for(0);
  }
  more = false;
  turns.give_to(1);
  other.join();
}

void take_turns_under_a_second_lock(benchmark::State& state) {
  Turns turns;
  pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
  const auto wait_for = [&](int me) {
    pthread_mutex_unlock(&second);
    turns.wait_for(me);
    pthread_mutex_lock(&second);
  };
  bool more = true;  // under the second lock
  std::thread other([&] {
    pthread_mutex_lock(&second);
    for (wait_for(1); more; wait_for(1)) {
      turns.give_to(0);
    }
    pthread_mutex_unlock(&second);
  });
  pthread_mutex_lock(&second);
  for (auto _ : state) {
    turns.give_to(1);
    wait_for(0);
  }
  more = false;
  turns.give_to(1);
  pthread_mutex_unlock(&second);
  other.join();
  pthread_mutex_destroy(&second);
}

void take_turns_under_gil(benchmark::State& state) {
  gil_sim::Gil gil;
  gil_sim::Lock mine;
  gil_sim::Lock others;
  bool more = true;  // under the GIL
  mine.acquire();
  others.acquire();
  std::thread other([&] {
    const gil_sim::WithGil held(gil);
    for (;;) {
      others.acquire();
      if (!more) {
        return;
      }
      mine.release();
    }
  });
  {
    const gil_sim::WithGil held(gil);
    for (auto _ : state) {
      others.release();
      mine.acquire();
    }
    more = false;
    others.release();
  }
  other.join();
}

template <void (*body)(benchmark::State&)>
void on_one_cpu(benchmark::State& state) {
  const OnOneCpu pinned;
  body(state);
}

}  // namespace

BENCHMARK_TEMPLATE(on_one_cpu, take_turns)
    ->Name("limit_condition/one_cpu")
    ->UseRealTime();
BENCHMARK_TEMPLATE(on_one_cpu, take_turns_under_a_second_lock)
    ->Name("two_locks/one_cpu")
    ->UseRealTime();
BENCHMARK_TEMPLATE(on_one_cpu, take_turns_under_gil)
    ->Name("gil/one_cpu")
    ->UseRealTime();
BENCHMARK(take_turns)->Name("limit_condition/two_cpus")->UseRealTime();
BENCHMARK(take_turns_under_gil)->Name("gil/two_cpus")->UseRealTime();

BENCHMARK_MAIN();
