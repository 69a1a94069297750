// demos/pool_of_loops.cc - an event loop in each process of a pool.
//
// One loop waits for any number of requests at once, but computes on one CPU. A
// pool computes on all of them, but waits for one request in each worker. Put
// together, each worker runs a loop over a share of the requests. [C-125]
// [C-078] [C-196]
//
//   bazel run //demos:pool_of_loops
//   bazel run //demos:pool_of_loops -- --requests=200 --wait=50 --compute=0.5
//
// Predict the three times from the flags. Expected: a row for each form, and
// last
//   VERDICT C-125 true: ...
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/await_result.h"
#include "demos/support/flags.h"
#include "demos/support/interrupt.h"
#include "demos/support/machine.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "ipc/process_pool.h"
#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "scheduler/clock.h"

namespace demos {
namespace {

using loop::Coroutine;
using scheduler::Duration;
using support::fixed;
using support::print;

// Some requests, each of which waits and then computes.
struct Batch {
  int requests = 0;
  Duration wait{};
  Duration compute{};
};

// Counted in time on a CPU: how long it lasts depends on who else is there.
void compute_for(Duration time) {
  const Duration end = support::thread_cpu_time() + time;
  while (support::thread_cpu_time() < end) {
  }
}

Coroutine<> request(Batch batch) {
  co_await loop::sleep(batch.wait);
  compute_for(batch.compute);
}

Coroutine<int> all_requests(Batch batch) {
  std::vector<Coroutine<>> requests;
  for (int i = 0; i < batch.requests; ++i) {
    requests.push_back(request(batch));
  }
  co_await loop::gather(std::move(requests));
  co_return batch.requests;
}

// In a worker, or here: a loop of its own, made and closed by run().
int serve_in_loop(Batch batch) {
  return loop::run(all_requests(batch));
}

int serve_one_by_one(Batch batch) {
  for (int i = 0; i < batch.requests; ++i) {
    scheduler::SteadyClock::instance().sleep_for(batch.wait);
    compute_for(batch.compute);
  }
  return batch.requests;
}

std::vector<Batch> shares_of(const Batch& all, int workers) {
  std::vector<Batch> shares;
  for (int i = 0; i < workers; ++i) {
    Batch share = all;
    share.requests =
        all.requests * (i + 1) / workers - all.requests * i / workers;
    shares.push_back(share);
  }
  return shares;
}

int served_by_pool(const Batch& all, int workers, int (*serve)(Batch)) {
  ipc::ProcessPool pool(static_cast<size_t>(workers));
  int served = 0;
  for (const int count : support::await_result(
           pool.map_async(serve, shares_of(all, workers), 1))) {
    served += count;
  }
  return served;
}

double seconds_of(const std::function<int()>& serve, int requests) {
  const auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  if (serve() != requests) {
    throw std::runtime_error("a request was not served");
  }
  support::throw_if_interrupted();
  return scheduler::in_seconds(clock.now() - start);
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("pool_of_loops", [&] {
    int requests = 100;
    int workers = std::max(2, support::usable_cpus());
    double wait_ms = 10;
    double compute_ms = 2;
    support::Flags flags("pool_of_loops", "a loop in each process of a pool");
    flags.number("requests", &requests, 1, 100'000, "to be served");
    flags.number("workers", &workers, 1, 64, "processes of the pool",
                 "one for each CPU, two at least");
    flags.decimal("wait", &wait_ms, 0, 1000, "ms that each waits");
    flags.decimal("compute", &compute_ms, 0, 1000,
                  "ms that each computes after that");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    const support::InterruptScope interruptible;
    const Batch all{.requests = requests,
                    .wait = scheduler::seconds(wait_ms / 1e3),
                    .compute = scheduler::seconds(compute_ms / 1e3)};
    const double loop =
        seconds_of([&] { return serve_in_loop(all); }, requests);
    const double pool = seconds_of(
        [&] { return served_by_pool(all, workers, serve_one_by_one); },
        requests);
    const double loops = seconds_of(
        [&] { return served_by_pool(all, workers, serve_in_loop); }, requests);

    support::Table table({"form", "seconds", "wait at once", "processes"});
    const auto add = [&](const char* form, double seconds, int at_once,
                         int processes) {
      table.add({form, fixed(seconds, 3),
                 std::to_string(std::min(at_once, requests)),
                 std::to_string(processes)});
    };
    add("one loop", loop, requests, 1);
    add("a pool", pool, workers, workers);
    add("a pool of loops", loops, requests, workers);
    print(table.text() + "\n");
    const bool shown = loops < 0.8 * loop && loops < 0.8 * pool;
    print(support::verdict(
              "C-125",
              (shown ? "true: " : "not shown: ") +
                  (std::to_string(requests) + " requests take one loop " +
                   fixed(loop, 2) + " s, a pool " + fixed(pool, 2) +
                   " s, a pool of loops " + fixed(loops, 2) + " s, on " +
                   std::to_string(support::usable_cpus()) + " CPUs")) +
          "\n");
    return 0;
  });
}
