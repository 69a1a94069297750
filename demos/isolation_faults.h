// demos/isolation_faults.h - who falls with whom, and who can be ended.
#ifndef DEMOS_ISOLATION_FAULTS_H_
#define DEMOS_ISOLATION_FAULTS_H_

#include "demos/support/report.h"

namespace demos {

// One of three faults: three threads, and three processes. [C-033]
void show_crash(support::Verdicts& verdicts);

// A process that does not ask, a thread that does and one that does not; and
// what becomes of a lock. [C-051]
void show_kill(support::Verdicts& verdicts);

}  // namespace demos

#endif  // DEMOS_ISOLATION_FAULTS_H_
