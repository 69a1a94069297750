// demos/runners/runner.h - five ways to run the same bodies.
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
//             lock. [C-176]
// IN PYTHON   a loop; multiprocessing.Pool; threading.Thread; asyncio.gather
// INVARIANTS  I1. Values come in the order of the items.
//             I2. When run() returns, no thread and no process of it is left.
// THREADS     run() is called on the main thread of a process of its own.
// OWNERSHIP   Borrows the job.
// ERRORS      The error of the first item (by number) that failed.
// READ NEXT   demos/runners/blocking.h, then single.cc, threads.cc,
//             processes.cc, async.cc
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

struct Job {
  const bodies::Experiment* experiment = nullptr;
  bodies::World world;
  int workers = 1;       // of `processes`
  int pool = 0;          // threads at a time; 0: as many as items
  int limit = 0;         // tasks at a time in `async`; 0: all
  bool records = false;  // events for a picture
};

struct Outcome {
  std::vector<bodies::Value> values;                  // one for each item [I1]
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

// All five, in the order of the table.
std::span<const Model> models();

}  // namespace demos::runners

#endif  // DEMOS_RUNNERS_RUNNER_H_
