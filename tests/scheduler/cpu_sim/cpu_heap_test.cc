// The promises of scheduler/cpu_sim/cpu_heap.h.
#include "scheduler/cpu_sim/cpu_heap.h"

#include <algorithm>
#include <map>
#include <random>

#include "gtest/gtest.h"

namespace scheduler::cpu_sim {
namespace {

// I1 and I2, with a map from CPU to key as the oracle.
TEST(CpuHeap, KeepsTheSmallestKeyOnTopWhileKeysChangeAndGo) {
  constexpr int kCpus = 40;
  CpuHeap heap(kCpus);
  std::map<int, int64_t> oracle;
  std::mt19937 dice(1);
  for (int step = 0; step < 20'000; ++step) {
    const int cpu = static_cast<int>(dice() % kCpus);
    if (dice() % 3 == 0) {
      heap.erase(cpu);
      oracle.erase(cpu);
    } else {
      const int64_t key = static_cast<int64_t>(dice() % 30) - 15;
      heap.set(cpu, key);
      oracle[cpu] = key;
    }
    ASSERT_EQ(heap.contains(cpu), oracle.contains(cpu));
    ASSERT_EQ(heap.empty(), oracle.empty());
    if (!oracle.empty()) {
      // The map is in order of CPU, so the first of equal keys is the lowest.
      const auto least = std::min_element(
          oracle.begin(), oracle.end(),
          [](const auto& a, const auto& b) { return a.second < b.second; });
      ASSERT_EQ(heap.top(), least->first);
      ASSERT_EQ(heap.top_key(), least->second);
      ASSERT_EQ(heap.key(least->first), least->second);
    }
  }
}

TEST(CpuHeapDeathTest, AskingForAKeyThatIsNotThereIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  CpuHeap heap(2);
  EXPECT_DEATH(heap.top(), "no CPU has a key");
  heap.set(0, 1);
  EXPECT_DEATH(heap.key(1), "this CPU has no key");
}

}  // namespace
}  // namespace scheduler::cpu_sim
