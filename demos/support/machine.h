// demos/support/machine.h - what this machine lets a process have.
//
// CONCEPT     The CPUs a process may use are not all that are built in: its
//             affinity mask says which. And a process may open only so many
//             descriptors; the soft limit is often 1024 for the sake of old
//             programs, and may be raised to the hard one by anybody.
// IN PYTHON   os.sched_getaffinity, time.thread_time, resource.setrlimit
// THREADS     Any; the limit is the whole process's and its future children's.
// OWNERSHIP   Owns nothing.
// ERRORS      std::system_error from sched_getaffinity and the rlimit calls.
// READ NEXT   demos/support/meter.h
#ifndef DEMOS_SUPPORT_MACHINE_H_
#define DEMOS_SUPPORT_MACHINE_H_

#include "scheduler/clock.h"

namespace demos::support {

// How many CPUs this process may run on, at least 1.
int usable_cpus();

// The CPU time that the calling thread has used so far.
scheduler::Duration thread_cpu_time();

// As many descriptors as the system grants without asking anybody.
void raise_descriptor_limit();

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_MACHINE_H_
