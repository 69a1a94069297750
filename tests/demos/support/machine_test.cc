#include "demos/support/machine.h"

#include <sched.h>
#include <sys/resource.h>

#include "gtest/gtest.h"

namespace demos::support {
namespace {

TEST(Machine, OnlyCpusOfTheAffinityMaskAreUsable) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(usable_cpus(), CPU_COUNT(&before));

  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cpus(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
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

}  // namespace
}  // namespace demos::support
