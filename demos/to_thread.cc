// demos/to_thread.cc - work that blocks, beside a heart that must not stop.
//
// A task beats every 10 ms. A function that blocks for two seconds stops it if
// it is called in the loop's thread, and does not if a helper thread calls it.
// A function that computes is another matter: under a global lock its thread
// and the loop's take turns, and every beat comes late; a process has a lock of
// its own. [C-108] [C-109] [C-110] [C-111] [C-206]
//
// By --clock=virtual the loop's own row is exact. The others are left out: a
// helper thread or process works in real time, which that clock does not see.
//
//   bazel run //demos:to_thread
//   bazel run //demos:to_thread -- --to=none --seconds=1
//   bazel run //demos:to_thread -- --to=none --clock=virtual
//
// Predict the longest gap between two beats in each row. Expected: a table, and
// last
//   VERDICT C-111 true: ...
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "demos/support/demo_loop.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "demos/to_thread_report.h"
#include "gil_sim/allow_threads.h"
#include "gil_sim/gil.h"
#include "gil_sim/interpreter_lock.h"
#include "gil_sim/thread_pool.h"
#include "ipc/async_result.h"
#include "ipc/process_pool.h"
#include "loop/coroutine.h"
#include "loop/epoll_poller.h"
#include "loop/event_loop.h"
#include "loop/poller.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/run_in_executor.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "loop/virtual_poller.h"
#include "os/proc.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using scheduler::Duration;
using scheduler::seconds;
using scheduler::TimePoint;
using support::print;

// What all here refer to.
scheduler::ManualClock virtual_clock;
support::Time time_of_the_run = support::Time::kReal;

scheduler::Clock& the_clock() {
  if (time_of_the_run == support::Time::kVirtual) {
    return virtual_clock;
  }
  return scheduler::SteadyClock::instance();
}

// The loop's poller, for a thread that holds the lock while it runs: it waits
// without it.
class PollerWithoutLock final : public loop::Poller {
 public:
  void watch(int fd, loop::Interest interest) override {
    real_.watch(fd, interest);
  }
  std::span<const loop::PollEvent> wait(
      std::optional<Duration> timeout) override {
    const gil_sim::AllowThreads allow;
    return real_.wait(timeout);
  }

 private:
  loop::EpollPoller real_;
};

std::unique_ptr<loop::Poller> make_poller() {
  auto real = std::make_unique<PollerWithoutLock>();
  if (time_of_the_run == support::Time::kReal) {
    return real;
  }
  return std::make_unique<loop::VirtualPoller>(virtual_clock, std::move(real));
}

Place here() {
  return {getpid(), gettid()};
}

Place sync_task(int64_t nanoseconds) {
  const gil_sim::AllowThreads allow;
  the_clock().sleep_for(Duration(nanoseconds));
  return here();
}

Place compute(int64_t nanoseconds) {
  gil_sim::InterpreterLock* const lock = gil_sim::InterpreterLock::held();
  const TimePoint end = the_clock().now() + Duration(nanoseconds);
  while (the_clock().now() < end) {
    if (lock != nullptr) {
      lock->check_eval_breaker();
    }
  }
  return here();
}

using Work = Place (*)(int64_t nanoseconds);

Coroutine<> heartbeat(std::vector<TimePoint>* beats) {
  for (;;) {
    beats->push_back(the_clock().now());
    co_await loop::sleep(kPeriod);
  }
}

Coroutine<Place> in_process(ipc::ProcessPool* pool, Work work, int64_t time) {
  auto result = pool->apply_async(work, std::tuple(time));
  co_await loop::readable(result.fd());
  const Place place = result.get();
  co_return place;
}

Coroutine<Run> beat_beside(std::string to, Work work, Duration time,
                           ipc::ProcessPool* pool,
                           std::vector<TimePoint>* beats) {
  Run result;
  const auto heart = loop::create_task(heartbeat(beats));
  co_await loop::sleep(Duration::zero());
  const TimePoint start = the_clock().now();
  if (to == "none") {
    result.place = work(time.count());
  } else if (to == "thread") {
    result.place = co_await loop::to_thread(work, time.count());
  } else {
    result.place = co_await in_process(pool, work, time.count());
  }
  result.total = the_clock().now() - start;
  result.threads = os::threads_of(getpid()).size();
  co_await loop::sleep(kPeriod);  // the beat that was kept waiting
  co_return result;
}

Run run(const std::string& to, Work work, Duration time) {
  std::optional<ipc::ProcessPool> pool;
  if (to == "process") {
    pool.emplace(1);
  }
  gil_sim::Gil gil;
  const gil_sim::WithGil holds(gil);
  loop::EventLoop loop(make_poller(), the_clock());
  loop.set_default_executor(std::make_unique<gil_sim::ThreadPool>(
      gil_sim::ThreadPoolOptions{.max_workers = 1, .gil = &gil}));
  std::vector<TimePoint> beats;
  Run result = loop::run(
      beat_beside(to, work, time, pool ? &*pool : nullptr, &beats), loop);
  for (size_t i = 1; i < beats.size(); ++i) {
    result.gaps_ms.push_back(1000 *
                             scheduler::in_seconds(beats[i] - beats[i - 1]));
  }
  std::sort(result.gaps_ms.begin(), result.gaps_ms.end());
  return result;
}

// One row: who does what.
struct Row {
  std::string to;
  std::string work;
};
const std::vector<Row> kRows = {{"none", "blocks"},
                                {"thread", "blocks"},
                                {"thread", "computes"},
                                {"process", "computes"}};

// Takes those out of `chosen` whose work the clock does not see; says so.
void leave_out_real_work(std::vector<std::string>& chosen) {
  if (time_of_the_run == support::Time::kVirtual &&
      std::erase_if(chosen, [](const auto& to) { return to != "none"; }) > 0) {
    print(
        "left out by the virtual clock: helper threads and processes really "
        "work, in time that it does not see\n");
  }
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("to_thread", [&] {
    std::vector<std::string> chosen = {"none", "thread", "process"};
    double time_s = 2;
    support::Flags flags("to_thread", "blocking work beside a heartbeat");
    flags.choices("to", &chosen, chosen, "who does the work");
    flags.decimal("seconds", &time_s, 0.05, 5,
                  "how long it blocks; it computes a quarter of that");
    support::add_clock_flag(flags, &time_of_the_run);
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    leave_out_real_work(chosen);
    if (chosen.empty()) {
      return 0;
    }
    std::map<std::string, Run> runs;
    support::Table table({"who", "work", "longest gap ms", "on time",
                          "1-4 ms late", "4-20 ms", "more"});
    for (const Row& row : kRows) {
      if (std::find(chosen.begin(), chosen.end(), row.to) == chosen.end()) {
        continue;
      }
      const bool blocks = row.work == "blocks";
      const Run& one = runs[row.to + " " + row.work] =
          run(row.to, blocks ? sync_task : compute,
              seconds(blocks ? time_s : time_s / 4));
      std::vector<std::string> cells = {row.to, row.work,
                                        support::fixed(one.longest(), 1)};
      for (std::string& count : histogram(one)) {
        cells.push_back(std::move(count));
      }
      table.add(std::move(cells));
    }
    print(table.text() + "\n" + judge(runs));
    return 0;
  });
}
