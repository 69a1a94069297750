// Some deaths by hand; then crowds of items by seed, where the item says what
// becomes of its worker. A page that all processes share has a line for each
// item: how often it was begun, and by whom.
#include "exercises/sturdy_map.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "os/mapping.h"
#include "scheduler/clock.h"

namespace exercises {
namespace {

constexpr size_t kItems = 128;

struct Page {
  std::atomic<int> begun[kItems];
  std::atomic<int> by[kItems];
  std::atomic<int> at_work;
  std::atomic<int> most_at_work;
};
Page* page = nullptr;

class SturdyMap : public testing::Test {
 protected:
  SturdyMap()
      : memory_(os::Mapping::anonymous(sizeof(Page),
                                       os::Mapping::Sharing::kShared)) {
    page = new (memory_.data()) Page{};
  }

  static size_t processes() {
    std::set<int> pids;
    for (const auto& pid : page->by) {
      if (pid != 0) {
        pids.insert(pid);
      }
    }
    return pids.size();
  }

 private:
  os::Mapping memory_;
};

void note(int item) {
  ++page->begun[item];
  page->by[item] = getpid();
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) {
    pause();
  }
}

// 0 to n - 1.
std::vector<int> items_up_to(int n) {
  std::vector<int> items;
  for (int item = 0; item < n; ++item) {
    items.push_back(item);
  }
  return items;
}

using Results = std::vector<std::optional<int>>;

int square(int item) {
  note(item);
  return item * item;
}

TEST_F(SturdyMap, ResultsStandInTheOrderOfTheItems) {
  EXPECT_EQ(sturdy_map(square, {5, 3, 4}, 2), (Results{25, 9, 16}));
  EXPECT_EQ(sturdy_map(square, {7}, 4), (Results{49}));
  EXPECT_EQ(sturdy_map(square, {}, 4), (Results{}));
}

int dies_at_two(int item) {
  note(item);
  if (item == 2) {
    die();
  }
  return 10 * item;
}

TEST_F(SturdyMap, ADeathLeavesItsPlaceEmptyAndNoOther) {
  EXPECT_EQ(sturdy_map(dies_at_two, items_up_to(5), 2),
            (Results{0, 10, std::nullopt, 30, 40}));
}

int throws_at_two(int item) {
  note(item);
  return item == 2 ? throw std::runtime_error("expected by this test") : item;
}

TEST_F(SturdyMap, SoDoesAFailure) {
  EXPECT_EQ(sturdy_map(throws_at_two, items_up_to(4), 1),
            (Results{0, 1, std::nullopt, 3}));
}

int always_dies(int item) {
  note(item);
  die();
}

TEST_F(SturdyMap, ItEndsEvenIfNobodyAnswers) {
  EXPECT_EQ(sturdy_map(always_dies, items_up_to(6), 3), Results(6));
}

// Whether it came to that within a few seconds.
template <class Condition>
bool wait_until(Condition condition) {
  const auto& clock = scheduler::SteadyClock::instance();
  const auto end = clock.now() + scheduler::seconds(5);
  while (!condition()) {
    if (clock.now() > end) {
      return false;
    }
  }
  return true;
}

// Until three are at work together, which takes three processes.
int meets_two_others(int item) {
  note(item);
  ++page->at_work;
  return wait_until([] { return page->at_work == 3; }) ? item : -1;
}

TEST_F(SturdyMap, ThreeWorkersAreAtWorkTogether) {
  EXPECT_EQ(sturdy_map(meets_two_others, items_up_to(3), 3),
            (Results{0, 1, 2}));
}

int first_waits_for_the_last(int item) {
  note(item);
  return item > 0 || wait_until([] { return page->begun[9] == 1; }) ? item : -1;
}

TEST_F(SturdyMap, ASlowItemKeepsOneWorkerAndNotTheOthers) {
  EXPECT_EQ(sturdy_map(first_waits_for_the_last, items_up_to(10), 2),
            (Results{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

int counts_the_others(int item) {
  note(item);
  const int now = ++page->at_work;
  int most = page->most_at_work;
  while (now > most && !page->most_at_work.compare_exchange_weak(most, now)) {
  }
  for (int spin = 0; spin < 100'000; ++spin) {
    asm volatile("");
  }
  --page->at_work;
  return item;
}

TEST_F(SturdyMap, NoMoreThanThatAndEachServesManyItems) {
  sturdy_map(counts_the_others, items_up_to(60), 2);
  EXPECT_LE(page->most_at_work, 2);
  EXPECT_LE(processes(), 2u);
}

// What becomes of the worker of each item: 0 or 1 it dies, early or late; 2 it
// leaves; 3 it fails; otherwise it answers.
std::vector<int> fates;

int meets_its_fate(int item) {
  note(item);
  switch (fates[static_cast<size_t>(item)]) {
    case 0:
      die();
    case 1:
      for (int spin = 0; spin < 200'000; ++spin) {
        asm volatile("");
      }
      die();
    case 2:
      _exit(0);
    case 3:
      throw std::runtime_error("expected by this test");
    default:
      return -item;
  }
}

bool ends_its_worker(int fate) {
  return fate <= 3;
}

TEST_F(SturdyMap, EachItemHasWhatItsOwnFateWas) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 dice(seed);
    const int count = static_cast<int>(dice() % 40);
    const size_t workers = 1 + dice() % 5;
    const auto calm = 4 + 4 * (dice() % 4);
    page = new (page) Page{};
    fates.clear();
    Results expected;
    for (int item = 0; item < count; ++item) {
      fates.push_back(static_cast<int>(dice() % calm));
      expected.push_back(ends_its_worker(fates.back()) ? std::nullopt
                                                       : std::optional(-item));
    }
    ASSERT_EQ(sturdy_map(meets_its_fate, items_up_to(count), workers),
              expected);
    for (int item = 0; item < count; ++item) {
      ASSERT_EQ(page->begun[item], 1) << "item " << item;
    }
    const auto deaths = static_cast<size_t>(
        std::count_if(fates.begin(), fates.end(), ends_its_worker));
    ASSERT_LE(processes(), workers + deaths);
  }
}

}  // namespace
}  // namespace exercises
