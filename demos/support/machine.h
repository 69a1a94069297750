// demos/support/machine.h - what this machine lets a process have.
//
// CONCEPT     The CPUs a process may use are not all that are built in: its
//             affinity mask says which. And a process may open only so many
//             descriptors; the soft limit is often 1024 for the sake of old
//             programs, and may be raised to the hard one by anybody.
// IN PYTHON   os.sched_setaffinity, time.thread_time, time.process_time,
//             resource.setrlimit
// THREADS     Any; the limit is the whole process's and its future children's.
// OWNERSHIP   Owns nothing.
// ERRORS      std::system_error from the affinity calls, the CPU clocks and the
//             rlimit calls.
// READ NEXT   demos/support/meter.h
#ifndef DEMOS_SUPPORT_MACHINE_H_
#define DEMOS_SUPPORT_MACHINE_H_

#include <cstdint>
#include <exception>
#include <string>

#include "scheduler/clock.h"

namespace demos::support {

// How many CPUs this process may run on, at least 1.
int usable_cpus();

// Keeps this thread, and whatever it will start, on the first `count` of them.
void stay_on_cpus(int count);

// The CPU time that the calling thread has used so far.
scheduler::Duration thread_cpu_time();

// That of all threads of this process and of its reaped children.
scheduler::Duration process_cpu_time();

// What the error says and, where this process had too few descriptors, how to
// get more of them.
std::string explained(const std::exception& error);

// How many descriptors this process may have open.
int64_t descriptor_limit();

// "(a process may open 64 here: ...)", with the cure.
std::string about_descriptor_limit();

// As many descriptors as the system grants without asking anybody.
void raise_descriptor_limit();

}  // namespace demos::support

#endif  // DEMOS_SUPPORT_MACHINE_H_
