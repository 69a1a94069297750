// demos/runners/processes_x_threads.cc - a few processes, in each some threads.
//
// Processes for the CPUs, threads for the waits: each process has an
// interpreter, and a lock, of its own in the documents' world; so the threads
// within one of them take turns at computing and those of two do not. Here the
// threads of a share hold such a lock, one for each process. [C-147]
//
// IN PYTHON   a ThreadPoolExecutor in each worker of a ProcessPoolExecutor
#include "demos/runners/runner.h"
#include "demos/runners/share.h"

namespace demos::runners {

Outcome run_processes_x_threads(const Job& job) {
  return run_in_processes(job, run_threads_gil);
}

}  // namespace demos::runners
