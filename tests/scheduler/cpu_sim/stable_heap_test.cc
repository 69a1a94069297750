// The promises of scheduler/cpu_sim/stable_heap.h.
#include "scheduler/cpu_sim/stable_heap.h"

#include <cstddef>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace scheduler::cpu_sim {
namespace {

// I1, with a map from (key, number of entering) as the oracle.
TEST(StableHeap, GivesTheSmallestKeyAndOfEqualsTheOldest) {
  std::vector<Job> jobs(5000);
  std::map<std::pair<int64_t, size_t>, Job*> oracle;
  StableHeap heap;
  std::mt19937 dice(1);
  for (size_t i = 0; i < jobs.size();) {
    if (oracle.empty() || dice() % 5 < 3) {
      const int64_t key = static_cast<int64_t>(dice() % 20) - 10;
      heap.push(key, jobs[i]);
      oracle[{key, i}] = &jobs[i];
      ++i;
    } else {
      ASSERT_EQ(heap.top_key(), oracle.begin()->first.first);
      ASSERT_EQ(&heap.pop(), oracle.begin()->second);
      oracle.erase(oracle.begin());
    }
    ASSERT_EQ(heap.empty(), oracle.empty());
  }
}

TEST(StableHeapDeathTest, PoppingNothingIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  StableHeap heap;
  EXPECT_DEATH(heap.pop(), "an empty heap has no first");
}

}  // namespace
}  // namespace scheduler::cpu_sim
