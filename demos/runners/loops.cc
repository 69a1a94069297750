// demos/runners/loops.cc - a loop for every CPU, each in a thread of its own.
//
// A loop is one thread and so one CPU; nothing says that there may be but one
// loop. Each takes a share of the items, and they know nothing of each other:
// no task moves from one loop to another, and a task that keeps its loop keeps
// only those of its share waiting. [C-078] [C-196]
//
// IN PYTHON   asyncio.run in several threads, in an interpreter without the
//             lock; with it, the loops wait side by side and compute in turn
#include <cstddef>
#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include "demos/runners/runner.h"
#include "demos/runners/share.h"
#include "gil_sim/thread.h"

namespace demos::runners {

namespace {

// What a thread leaves behind; written by it, read after it was joined.
struct LoopRun {
  Outcome outcome;
  std::exception_ptr error;
};

void run_share(const Job& share, LoopRun& run) {
  try {
    run.outcome = run_async(share);
  } catch (...) {
    run.error = std::current_exception();  // for the thread that joins
  }
}

}  // namespace

Outcome run_loops(const Job& job) {
  const std::vector<Job> shares = shares_of(job);
  std::vector<LoopRun> runs(shares.size());
  {
    // Going out of scope, each waits for its thread.
    std::deque<gil_sim::Thread> threads;
    for (size_t i = 0; i < shares.size(); ++i) {
      threads
          .emplace_back(
              [&share = shares[i], &run = runs[i]] { run_share(share, run); })
          .start();
    }
  }
  std::vector<Outcome> outcomes;
  for (LoopRun& run : runs) {
    if (run.error) {
      std::rethrow_exception(run.error);
    }
    outcomes.push_back(std::move(run.outcome));
  }
  return join_shares(std::move(outcomes));
}

}  // namespace demos::runners
