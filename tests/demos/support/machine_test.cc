#include "demos/support/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "gtest/gtest.h"
#include "scheduler/clock.h"

namespace demos::support {
namespace {

TEST(Machine, OnlyCpusOfTheAffinityMaskAreUsable) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(usable_cpus(), CPU_COUNT(&before));

  stay_on_cpus(usable_cpus());  // no fewer than there are
  EXPECT_EQ(usable_cpus(), CPU_COUNT(&before));
  stay_on_cpus(1);
  EXPECT_EQ(usable_cpus(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

TEST(Machine, CpuTimeOfReapedChildrenCounts) {
  const auto before = process_cpu_time();
  const pid_t child = fork();
  if (child == 0) {
    while (thread_cpu_time() < scheduler::seconds(0.06)) {
    }
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_GE(process_cpu_time() - before, scheduler::seconds(0.05));
}

TEST(Machine, SleepingIsNoCpuTime) {
  const auto before = process_cpu_time();
  scheduler::SteadyClock::instance().sleep_for(scheduler::seconds(0.06));
  EXPECT_LT(process_cpu_time() - before, scheduler::seconds(0.06));
}

TEST(Machine, TheSoftLimitOfDescriptorsRisesToTheHardOne) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  raise_descriptor_limit();
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(now.rlim_cur, before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Machine, TooManyOpenFilesIsExplainedWithItsCure) {
  const std::system_error full(EMFILE, std::generic_category(), "socket");
  EXPECT_TRUE(
      explained(full).starts_with("socket: Too many open files (a process may "
                                  "open "))
      << explained(full);
  EXPECT_NE(explained(full).find("`ulimit -n`"), std::string::npos);
  const std::system_error other(ENOSPC, std::generic_category(), "write");
  EXPECT_EQ(explained(other), "write: No space left on device");
}

}  // namespace
}  // namespace demos::support
