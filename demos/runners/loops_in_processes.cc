// demos/runners/loops_in_processes.cc - a pool of processes, in each a loop.
//
// What the documents advise to whoever has many connections and several CPUs:
// a loop waits for a whole share of the items at once, and there are as many
// loops as CPUs. It wins over a pool by waiting, over a loop by computing, and
// over loops in threads only where an interpreter lock keeps those from running
// at the same time. [C-125] [C-196]
//
// IN PYTHON   aiomultiprocess; asyncio.run in each worker of a Pool
#include "demos/runners/runner.h"
#include "demos/runners/share.h"

namespace demos::runners {

Outcome run_loops_in_processes(const Job& job) {
  return run_in_processes(job, run_async);
}

}  // namespace demos::runners
