#include "demos/support/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>

#include "os/syscall.h"

namespace demos::support {

int usable_cpus() {
  cpu_set_t set;
  os::check(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  return CPU_COUNT(&set);
}

scheduler::Duration thread_cpu_time() {
  // Not a clock to schedule by: it stands still while the thread does.
  timespec used{};
  os::check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used), "clock_gettime");
  return std::chrono::seconds(used.tv_sec) +
         std::chrono::nanoseconds(used.tv_nsec);
}

void raise_descriptor_limit() {
  rlimit limit{};
  os::check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit(NOFILE)");
  limit.rlim_cur = limit.rlim_max;
  os::check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit(NOFILE)");
}

}  // namespace demos::support
