#include "demos/support/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <system_error>

#include "os/syscall.h"

namespace demos::support {

namespace {

// Not clocks to schedule by: they stand still while their owner does.
scheduler::Duration read_cpu_clock(clockid_t clock) {
  timespec used{};
  os::check(clock_gettime(clock, &used), "clock_gettime");
  return std::chrono::seconds(used.tv_sec) +
         std::chrono::nanoseconds(used.tv_nsec);
}

scheduler::Duration duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::microseconds(time.tv_usec);
}

}  // namespace

int usable_cpus() {
  cpu_set_t set;
  os::check(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  return CPU_COUNT(&set);
}

void stay_on_cpus(int count) {
  cpu_set_t set;
  os::check(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
  for (size_t cpu = CPU_SETSIZE; cpu-- > 0 && CPU_COUNT(&set) > count;) {
    CPU_CLR(cpu, &set);
  }
  os::check(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
}

scheduler::Duration thread_cpu_time() {
  return read_cpu_clock(CLOCK_THREAD_CPUTIME_ID);
}

scheduler::Duration process_cpu_time() {
  // getrusage() knows our own time as well, but not to the nanosecond.
  rusage reaped{};
  os::check(getrusage(RUSAGE_CHILDREN, &reaped), "getrusage");
  return read_cpu_clock(CLOCK_PROCESS_CPUTIME_ID) +
         duration_of(reaped.ru_utime) + duration_of(reaped.ru_stime);
}

int64_t descriptor_limit() {
  rlimit limit{};
  os::check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit(NOFILE)");
  return static_cast<int64_t>(limit.rlim_cur);
}

std::string about_descriptor_limit() {
  return "(a process may open " + std::to_string(descriptor_limit()) +
         " here: raise that by `ulimit -n`, or ask for less at a time)";
}

std::string explained(const std::exception& error) {
  std::string text = error.what();
  const auto* const refused = dynamic_cast<const std::system_error*>(&error);
  if (refused != nullptr && refused->code() == std::errc::too_many_files_open) {
    text += " " + about_descriptor_limit();
  }
  return text;
}

void raise_descriptor_limit() {
  rlimit limit{};
  os::check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit(NOFILE)");
  limit.rlim_cur = limit.rlim_max;
  os::check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit(NOFILE)");
}

}  // namespace demos::support
