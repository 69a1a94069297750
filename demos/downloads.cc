// demos/downloads.cc - fetch all parts of a page at once, join, assemble.
//
// A page has n parts, and the server takes its time for each of them. A thread
// for each part waits for its own; they come in any order, and when all have
// been joined the page is put together in the order it was asked for. [C-048]
//
//   bazel run //demos:downloads
//   bazel run //demos:downloads -- --n=50 --latency=20
//   bazel run //demos:downloads -- --pool=3
//
// Predict the time, with a thread for each and with three. Expected: the order
// of arrival, and last
//   VERDICT C-048 found: ...
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "demos/support/flags.h"
#include "demos/support/http_client.h"
#include "demos/support/http_server.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/thread.h"
#include "gil_sim/thread_pool.h"
#include "os/mutex.h"
#include "scheduler/clock.h"
#include "scheduler/concurrent_future.h"

namespace demos {
namespace {

using support::print;

std::string fetch(uint16_t port, int part) {
  return support::http_get(port, "/part/" + std::to_string(part)).body;
}

std::string assemble(const std::vector<std::string>& parts) {
  std::string page;
  for (const std::string& part : parts) {
    page += part;
  }
  return page;
}

// Who came when.
class Arrivals {
 public:
  void add(int part) {
    const os::MutexLock held(mutex_);
    order_.push_back(part);
  }
  std::vector<int> order() const {
    const os::MutexLock held(mutex_);
    return order_;
  }

 private:
  mutable os::Mutex mutex_;
  std::vector<int> order_ GUARDED_BY(mutex_);
};

std::string fetch_in_a_row(uint16_t port, int n) {
  std::vector<std::string> parts;
  for (int part = 0; part < n; ++part) {
    parts.push_back(fetch(port, part));
  }
  return assemble(parts);
}

std::string fetch_by_threads(uint16_t port, int n, Arrivals& arrivals) {
  std::vector<std::string> parts(static_cast<size_t>(n));
  std::vector<std::exception_ptr> errors(parts.size());
  std::vector<std::unique_ptr<gil_sim::Thread>> threads;
  for (int part = 0; part < n; ++part) {
    const auto mine = static_cast<size_t>(part);
    threads.push_back(std::make_unique<gil_sim::Thread>([&, part, mine] {
      try {
        parts[mine] = fetch(port, part);
        arrivals.add(part);
      } catch (...) {
        errors[mine] = std::current_exception();  // for who joins
      }
    }));
    threads.back()->start();
  }
  for (const auto& thread : threads) {
    thread->join();
  }
  for (const std::exception_ptr& error : errors) {
    if (error) {
      std::rethrow_exception(error);
    }
  }
  return assemble(parts);
}

std::string fetch_by_pool(uint16_t port, int n, int workers,
                          Arrivals& arrivals) {
  gil_sim::ThreadPool pool(workers);
  std::vector<scheduler::ConcurrentFuture<std::string>> futures;
  for (int part = 0; part < n; ++part) {
    futures.push_back(pool.submit([port, part, &arrivals] {
      std::string body = fetch(port, part);
      arrivals.add(part);
      return body;
    }));
  }
  std::vector<std::string> parts;
  for (auto& future : futures) {
    parts.push_back(future.result());
  }
  return assemble(parts);
}

template <class Function>
std::pair<std::string, double> timed(Function function) {
  const auto& clock = scheduler::SteadyClock::instance();
  const auto start = clock.now();
  std::string page = function();
  return {std::move(page), scheduler::in_seconds(clock.now() - start)};
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("downloads", [&] {
    support::ServerSettings settings;
    settings.latency_ms = 50;
    int n = 10;
    int workers = 0;
    int seed = 1;
    support::Flags flags("downloads", "all parts of a page at once");
    flags.number("n", &n, 1, 200, "parts of the page");
    flags.decimal("latency", &settings.latency_ms, 0, 1000,
                  "ms for an answer, more or less by half");
    flags.number("pool", &workers, 1, 64, "threads that share the parts",
                 "a thread for each part");
    flags.number("seed", &seed, 1, 1'000'000, "of the latencies");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    settings.jitter = static_cast<uint32_t>(seed);
    const support::HttpServer server(settings);
    const auto [reference, row_s] =
        timed([&] { return fetch_in_a_row(server.port(), n); });
    Arrivals arrivals;
    const auto [page, together_s] = timed([&] {
      return workers == 0 ? fetch_by_threads(server.port(), n, arrivals)
                          : fetch_by_pool(server.port(), n, workers, arrivals);
    });

    std::string order;
    bool in_order = true;
    int expected = 0;
    for (const int part : arrivals.order()) {
      order += " " + std::to_string(part);
      in_order &= part == expected++;
    }
    print("order of arrival:" + order + "\n" + "page of " +
          std::to_string(page.size()) + " bytes, in the order asked for\n\n");
    const bool equal = page == reference;
    print(
        support::verdict(
            "C-048", (!equal     ? "false: "
                      : in_order ? "not shown in this run: "
                                 : "found: ") +
                         ("the parts arrived " +
                          std::string(in_order ? "in order" : "out of order") +
                          ", the page is " + (equal ? "equal" : "not equal") +
                          " to the one fetched part by part; " +
                          support::fixed(together_s, 2) + " s instead of " +
                          support::fixed(row_s, 2) + " s")) +
        "\n");
    return 0;
  });
}
