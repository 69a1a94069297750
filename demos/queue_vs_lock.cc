// demos/queue_vs_lock.cc - send what to add to the one who owns the counter.
//
// With a thread-safe queue the user's code needs no lock: producers put, one
// consumer gets and adds, and nobody else touches the counter. The lock has not
// gone, though: it is in the queue, and a message costs more than the increment
// that it stands for. [C-037]
//
//   bazel run //demos:queue_vs_lock
//   bazel run //demos:queue_vs_lock -- --producers=8 --batch=1000
//
// Predict how many times dearer a message is than a mutex. Expected: a table,
// the places in the queue where it takes its lock, and last
//   VERDICT C-037 imprecise: ...
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/count_in_threads.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/lock.h"
#include "gil_sim/queue.h"
#include "os/mutex.h"

namespace demos {
namespace {

using support::print;

struct Counted {
  int64_t got = 0;
  double ns = 0;  // for each increment
};

// Producers add up `batch` increments of their own before they send them.
Counted by_queue(int producers, int n, int batch) {
  gil_sim::Queue<int> messages;
  int64_t x = 0;  // the consumer's
  const double ns = count_in_threads(
      producers, n / batch, [&](int) { messages.put(batch); },
      [&] {
        for (int i = 0; i < producers * (n / batch); ++i) {
          x += messages.get();
        }
      });
  return {x, ns / batch};
}

template <class AnyLock>
Counted by_lock(int producers, int n) {
  AnyLock lock;
  int64_t x = 0;
  const double ns = count_in_threads(producers, n, [&](int) {
    lock.lock();
    ++x;
    lock.unlock();
  });
  return {x, ns};
}

Counted by_atomic(int producers, int n) {
  std::atomic<int64_t> x{0};
  const double ns = count_in_threads(producers, n, [&](int) {
    // Relaxed: nothing but the number itself is passed on.
    x.fetch_add(1, std::memory_order_relaxed);
  });
  return {x, ns};
}

// The lines of the queue's source that take its lock, with their numbers.
std::vector<std::string> lines_with_lock() {
  std::ifstream file("gil_sim/queue.h");
  std::vector<std::string> found;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.find("held(lock_)") != std::string::npos) {
      found.push_back(std::to_string(number) + ": " + line);
    }
  }
  if (found.empty()) {
    throw std::runtime_error(
        "gil_sim/queue.h is not here; run it by `bazel run "
        "//demos:queue_vs_lock` or from the repository's root");
  }
  return found;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("queue_vs_lock", [&] {
    int producers = 2;
    int n = 100'000;
    int batch = 100;
    support::Flags flags("queue_vs_lock", "messages instead of a lock");
    flags.number("producers", &producers, 1, 16, "threads that count");
    flags.number("n", &n, 1000, 1'000'000, "increments by each of them");
    flags.number("batch", &batch, 2, 1000, "increments in one message");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    // Before anything is measured, as it may not be found.
    const std::vector<std::string> lines = lines_with_lock();
    n -= n % batch;  // whole messages
    const std::string in_batches = "queue, " + std::to_string(batch) + " each";
    struct Row {
      std::string way;
      const char* locks;
      Counted counted;
    };
    const std::vector<Row> rows = {
        {"atomic", "none", by_atomic(producers, n)},
        {"mutex", "one", by_lock<os::Mutex>(producers, n)},
        {"lock", "one", by_lock<gil_sim::Lock>(producers, n)},
        {"queue", "none", by_queue(producers, n, 1)},
        {in_batches, "none", by_queue(producers, n, batch)},
    };
    const int64_t expected = int64_t{producers} * n;
    support::Table table(
        {"counter by", "locks in user code", "expected", "got", "ns each"});
    bool exact = true;
    for (const Row& row : rows) {
      table.add({row.way, row.locks, std::to_string(expected),
                 std::to_string(row.counted.got),
                 support::fixed(row.counted.ns, 1)});
      exact &= row.counted.got == expected;
    }
    print(table.text() + "\ngil_sim/queue.h\n");
    for (const std::string& line : lines) {
      print(line + "\n");
    }
    const auto ns = [&](size_t row) {
      return support::fixed(rows[row].counted.ns, 1) + " ns";
    };
    print("\n" +
          support::verdict(
              "C-037",
              (exact ? "imprecise: " : "false: ") +
                  ("no lock in the user's code, and " +
                   std::to_string(lines.size()) +
                   " places in the queue that take one; an increment by "
                   "message costs " +
                   ns(3) + ", by mutex " + ns(1) + ", by atomic " + ns(0) +
                   ", by messages of " + std::to_string(batch) + " " + ns(4))) +
          "\n");
    return 0;
  });
}
