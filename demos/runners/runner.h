// demos/runners/runner.h - ten ways to run the same bodies.
//
// CONCEPT     A body asks, a runner answers; how it waits for the answer is
//             the whole difference between the models:
//
//               single       one item after another, each wait blocks all
//               processes    a pool of processes, each of which blocks alone
//               threads      a thread for every item, each blocks alone
//               threads_gil  the same, but only the holder of one lock
//                            computes; waits let go of it
//               async        one thread, one loop, a task for every item; a
//                            wait suspends the task
//
//             What the documents call multithreading is threads_gil. To have
//             both columns is to see what is due to threads and what to the
//             lock. [C-176] Five more, for those who ask, take one of them
//             apart or put two together:
//
//               loops                 a loop for every CPU, a thread for each
//               nonblocking           one thread and poll(): async without a
//                                     loop and without await
//               async_offload         async, but whatever computes or touches
//                                     a file goes to a helper thread as a whole
//               processes_x_threads   processes, each with threads
//               loops_in_processes    processes, each with a loop
// IN PYTHON   a loop; multiprocessing.Pool; threading.Thread; asyncio.gather
// INVARIANTS  I1. Values come in the order of the items.
//             I2. When run() returns, no thread and no process of it is left.
// THREADS     run() is called on the main thread of a process of its own.
// OWNERSHIP   Borrows the job.
// ERRORS      The error of an item that failed: of the first by number where
//             all run to their end, of the first by time where the others are
//             cancelled.
// READ NEXT   demos/runners/blocking.h, then single.cc, threads.cc,
//             processes.cc; demos/runners/in_loop.h, then async.cc;
//             demos/runners/share.h, then loops.cc
#ifndef DEMOS_RUNNERS_RUNNER_H_
#define DEMOS_RUNNERS_RUNNER_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demos/bodies/experiment.h"
#include "demos/bodies/step.h"
#include "scheduler/timeline.h"

namespace demos::runners {

// Every `of`-th item, from the first one on: several jobs run side by side take
// turns at the list. A share of one is the whole.
struct Share {
  int first = 0;
  int of = 1;
};

struct Job {
  const bodies::Experiment* experiment = nullptr;
  bodies::World world;
  Share share = {};
  int workers = 1;       // processes of a pool, or loops
  int pool = 0;          // threads at a time; 0: as many as items
  int limit = 0;         // tasks at a time in a loop; 0: all
  bool records = false;  // events for a picture
};

// The numbers of the items in the job's share.
std::vector<int> items_of(const Job& job);

struct Outcome {
  std::vector<bodies::Value> values;  // one for each item of the share [I1]
  std::vector<std::vector<scheduler::Event>> events;  // likewise, if recorded
};

struct Model {
  std::string_view name;
  Outcome (*run)(const Job& job);
};

Outcome run_single(const Job& job);
Outcome run_processes(const Job& job);
Outcome run_threads(const Job& job);
Outcome run_threads_gil(const Job& job);
Outcome run_async(const Job& job);
Outcome run_loops(const Job& job);
Outcome run_nonblocking(const Job& job);
Outcome run_async_offload(const Job& job);
Outcome run_processes_x_threads(const Job& job);
Outcome run_loops_in_processes(const Job& job);

// The five of the table, in its order, and all ten: those five come first.
std::span<const Model> models();
std::span<const Model> all_models();

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_RUNNER_H_
