// The promises of scheduler/cpu_sim/cpu_set.h.
#include "scheduler/cpu_sim/cpu_set.h"

#include <random>
#include <set>

#include "gtest/gtest.h"

namespace scheduler::cpu_sim {
namespace {

// I1, with std::set as the oracle; sizes around the borders of words.
TEST(CpuSet, FindsTheNextMemberInACircle) {
  for (const int cpus : {1, 2, 63, 64, 65, 200}) {
    CpuSet set(cpus);
    std::set<int> oracle;
    std::mt19937 dice(1);
    const auto draw = [&] {
      return static_cast<int>(dice() % static_cast<unsigned>(cpus));
    };
    for (int step = 0; step < 2000; ++step) {
      const int cpu = draw();
      if (dice() % 3 == 0) {
        set.insert(cpu);
        oracle.insert(cpu);
      } else {
        set.erase(cpu);
        oracle.erase(cpu);
      }
      ASSERT_EQ(set.contains(cpu), oracle.contains(cpu));
      ASSERT_EQ(set.empty(), oracle.empty());
      if (!oracle.empty()) {
        const int from = draw();
        const auto next = oracle.lower_bound(from);
        ASSERT_EQ(set.next_from(from),
                  next == oracle.end() ? *oracle.begin() : *next);
        ASSERT_EQ(set.first(), *oracle.begin());
      }
    }
  }
}

TEST(CpuSetDeathTest, AskingAnEmptySetIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(CpuSet(3).first(), "nobody is in the set");
}

}  // namespace
}  // namespace scheduler::cpu_sim
