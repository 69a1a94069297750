// demos/lost_update.cc - two threads count, and the counter knows less.
//
// Each adds 1 to the same counter n times. To add is to load, to add, and to
// store: what another stores in between is wiped out. The counter is kept in
// several ways, and each pays its price; the last rows are one thread with two
// tasks, who lose as much over an await. Then the line as bytecode, and where
// it provably cannot lose. [C-031] [C-034] [C-035] [C-065] [C-066] [C-160]
//
//   bazel run //demos:lost_update
//   bazel run //demos:lost_update -- --model=raw --n=1000000
//
// Predict what remains of 2 x 100,000. Expected: a table, and last
//   VERDICT C-031 true: ...
//   VERDICT C-065 wrong: ...
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "demos/count_in_threads.h"
#include "demos/lost_update_await.h"
#include "demos/lost_update_bytecode.h"
#include "demos/lost_update_report.h"
#include "demos/support/flags.h"
#include "demos/support/report.h"
#include "demos/support/run_demo.h"
#include "gil_sim/lock.h"
#include "gil_sim/queue.h"
#include "os/mutex.h"

namespace demos {
namespace {

using support::print;

constexpr int kMostRounds = 100;

// Load and store are of one piece each, so this loses updates and is still
// defined in C++; `x = x + 1` on a plain number would not be. A round is over
// so soon that on a busy machine the two may not meet: then there is another.
Counted raw(int threads, int n) {
  Counted last;
  const int64_t expected = int64_t{threads} * n;
  do {
    std::atomic<int64_t> x{0};
    last.ns = count_in_threads(threads, n, [&](int) {
      // Relaxed, also below: nothing but the number itself is passed on.
      x.store(x.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    });
    last.got = x;
    ++last.rounds;
  } while (threads > 1 && last.got == expected && last.rounds < kMostRounds);
  return last;
}

Counted atomic(int threads, int n) {
  std::atomic<int64_t> x{0};
  const double ns = count_in_threads(
      threads, n, [&](int) { x.fetch_add(1, std::memory_order_relaxed); });
  return {x, ns};
}

template <class AnyLock>
Counted with_lock(int threads, int n) {
  AnyLock lock;
  int64_t x = 0;
  const double ns = count_in_threads(threads, n, [&](int) {
    lock.lock();
    x = x + 1;
    lock.unlock();
  });
  return {x, ns};
}

// A lock and a counter for each thread, added up at the end.
Counted own_mutex(int threads, int n) {
  struct alignas(64) Own {  // so that no two share a cache line
    os::Mutex mutex;
    int64_t x = 0;
  };
  std::vector<Own> own(static_cast<size_t>(threads));
  const double ns = count_in_threads(threads, n, [&](int t) {
    Own& mine = own[static_cast<size_t>(t)];
    const os::MutexLock held(mine.mutex);
    mine.x = mine.x + 1;
  });
  int64_t sum = 0;
  for (const Own& one : own) {
    sum += one.x;
  }
  return {sum, ns};
}

// The counter has an owner; the others send it what to add.
Counted queue(int threads, int n) {
  gil_sim::Queue<int> messages;
  int64_t x = 0;
  const double ns = count_in_threads(
      threads, n, [&](int) { messages.put(1); },
      [&] {
        for (int64_t i = 0; i < int64_t{threads} * n; ++i) {
          x = x + messages.get();
        }
      });
  return {x, ns};
}

struct Way {
  std::string name;
  Counted (*count)(int threads, int n);
};
const Way kWays[] = {
    {"raw", raw},
    {"atomic", atomic},
    {"mutex", with_lock<os::Mutex>},
    {"lock", with_lock<gil_sim::Lock>},
    {"own_mutex", own_mutex},
    {"queue", queue},
    {"await", await_in_tasks},
    {"await_lock", await_under_lock},
};
constexpr const char* kBytecode = "bytecode";

// One alone. The quickest of three: the others were disturbed by strangers.
Counted undisturbed(const Way& way, int n) {
  Counted best = way.count(1, n);
  for (int more = 0; more < 2; ++more) {
    best.ns = std::min(best.ns, way.count(1, n).ns);
  }
  return best;
}

}  // namespace
}  // namespace demos

int main(int argc, char** argv) {
  using namespace demos;
  return support::run_demo("lost_update", [&] {
    std::vector<std::string> ways;
    for (const Way& way : kWays) {
      ways.push_back(way.name);
    }
    ways.push_back(kBytecode);
    int n = 100'000;
    support::Flags flags("lost_update", "two threads and one counter");
    flags.choices("model", &ways, ways, "how the counter is kept");
    flags.number("n", &n, 1, 1'000'000, "increments by each of the two");
    if (const auto code = flags.parse(argc, argv)) {
      return *code;
    }
    Results together;
    Results alone;
    support::Table table(
        {"counter by", "expected", "got", "lost", "ns each", "ns alone"});
    const int64_t expected = 2 * int64_t{n};
    for (const Way& way : kWays) {
      if (std::find(ways.begin(), ways.end(), way.name) == ways.end()) {
        continue;
      }
      const Counted& two = together[way.name] = way.count(2, n);
      const Counted& one = alone[way.name] = undisturbed(way, n);
      table.add({way.name, std::to_string(expected), std::to_string(two.got),
                 std::to_string(expected - two.got), support::fixed(two.ns, 1),
                 support::fixed(one.ns, 1)});
    }
    support::Verdicts verdicts;
    if (!together.empty()) {
      print(table.text());
      judge_counters(together, alone, expected, verdicts);
    }
    if (std::find(ways.begin(), ways.end(), kBytecode) != ways.end()) {
      show_bytecode(n, verdicts);
    }
    print("\n" + verdicts.text());
    return 0;
  });
}
