// demos/where_threads_run_topology.h - cores, and what looks like cores.
//
// CONCEPT     What the system calls a CPU is a hardware thread: a place that
//             holds one thread's registers. Where a core has two, two threads
//             share its units and run at once, each slower than alone. [C-013]
//             [C-041]
// THREADS     Any.
// OWNERSHIP   Owns nothing.
// ERRORS      A machine that does not tell gets no verdict.
#ifndef DEMOS_WHERE_THREADS_RUN_TOPOLOGY_H_
#define DEMOS_WHERE_THREADS_RUN_TOPOLOGY_H_

#include "demos/support/report.h"

namespace demos {

void show_topology(support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_WHERE_THREADS_RUN_TOPOLOGY_H_
