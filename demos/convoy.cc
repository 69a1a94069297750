// demos/convoy.cc - an I/O thread beside threads that compute.
//
// A thread sleeps for a millisecond, again and again, and wants the lock back
// each time. Beside threads that compute it gets it one interval later, since
// nobody gives way unasked. Under the older lock, which counted instructions,
// it gets it at once; what that one cost others is in its drops. [C-162]
// [C-163] [C-174]
//
//   bazel run //demos:convoy
//   bazel run //demos:convoy -- --hogs=1 --interval=20,5,1
//
// Predict the median with one hog at 5 ms, and with two. Expected: a table, and
// last
//   VERDICT C-174 true: ...
#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <latch>
#include <string>
#include <utility>
#include <vector>

#include "demos/convoy_report.h"
#include "demos/support/flags.h"
#include "demos/support/run_demo.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread.h"
#include "gil_sim/tick_gil.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using gil_sim::InterpreterLock;
using support::print;

// Threads that do nothing but compute under the lock, with check points.
class Hogs {
 public:
  // Returns when each of them has had the lock.
  Hogs(InterpreterLock& lock, int number) : running_(number) {
    for (int i = 0; i < number; ++i) {
      threads_.emplace_back([this, &lock] { compute(lock); }).start();
    }
    running_.wait();
  }
  ~Hogs() { stop_ = true; }  // and the threads are waited for

 private:
  void compute(InterpreterLock& lock) {
    const gil_sim::WithGil held(lock);
    running_.count_down();
    volatile unsigned mixed = 1;
    while (!stop_) {
      // An instruction of some 20 ns. One that is nothing but the check would
      // let 100 ticks pass in no time.
      for (int n = 0; n < 8; ++n) {
        mixed = mixed * 1664525u + 1013904223u;
      }
      lock.check_eval_breaker();
    }
  }

  std::atomic<bool> stop_{false};
  std::latch running_;
  std::deque<gil_sim::Thread> threads_;
};

// How long each return from a sleep took to have the lock again, in
// milliseconds, sorted.
std::vector<double> responses(InterpreterLock& lock, int returns) {
  auto& clock = scheduler::SteadyClock::instance();
  std::vector<double> all;
  const gil_sim::WithGil held(lock);
  for (int i = 0; i < returns; ++i) {
    scheduler::TimePoint returned;
    {
      const gil_sim::AllowThreads allow;
      clock.sleep_for(std::chrono::milliseconds(1));
      returned = clock.now();
    }
    all.push_back(1000 * scheduler::in_seconds(clock.now() - returned));
  }
  std::sort(all.begin(), all.end());
  return all;
}

void measure(ConvoyRow& row, int returns) {
  if (row.lock == "ticks") {
    gil_sim::TickGil lock;
    const Hogs hogs(lock, row.hogs);
    row.responses_ms = responses(lock, returns);
    row.drops = lock.statistics().releases;
    row.switches = lock.statistics().hand_overs;
  } else {
    gil_sim::Gil lock;
    lock.set_switch_interval(row.interval_ms / 1000);
    const Hogs hogs(lock, row.hogs);
    row.responses_ms = responses(lock, returns);
    row.drops = lock.statistics().drops_on_request;
    row.switches = lock.statistics().switches;
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("convoy", [&] {
    std::vector<int> hogs = {0, 1, 2};
    std::vector<double> intervals_ms = {5, 1, 0.1};
    std::vector<std::string> locks = {"interval", "ticks"};
    int returns = 31;
    support::Flags flags("convoy", "an I/O thread beside CPU threads");
    flags.numbers("hogs", &hogs, 0, 16, "threads that compute, row by row");
    flags.decimals("interval", &intervals_ms, 0.01, 100,
                   "ms that a waiter waits before it asks");
    flags.choices("gil", &locks, locks, "the lock of today, the one before");
    flags.number("returns", &returns, 1, 1000, "of the I/O thread, per row");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    std::vector<ConvoyRow> rows;
    for (const std::string& lock : locks) {
      // The older one has no interval.
      for (const double interval_ms :
           lock == "ticks" ? std::vector<double>{0} : intervals_ms) {
        for (const int number : hogs) {
          ConvoyRow row{
              .lock = lock, .interval_ms = interval_ms, .hogs = number};
          measure(row, returns);
          rows.push_back(std::move(row));
        }
      }
    }
    print(table_of(rows) + "\n" + judge(rows));
    return 0;
  });
}
