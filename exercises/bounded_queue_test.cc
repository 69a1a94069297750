// A few threads under every schedule; then crowds by seed, each explored until
// it is complete. The explorer itself has to find the classic mistakes.
#include "exercises/bounded_queue.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "exercises/explored.h"
#include "gtest/gtest.h"

namespace exercises {
namespace {

// Each number is a thread that puts or takes so many items.
struct Crowd {
  size_t capacity;
  std::vector<int> putters;
  std::vector<int> takers;
};

std::string text_of(const Crowd& crowd) {
  std::string text = "capacity " + std::to_string(crowd.capacity) + "; puts";
  for (const int count : crowd.putters) {
    text += " " + std::to_string(count);
  }
  text += "; takes";
  for (const int count : crowd.takers) {
    text += " " + std::to_string(count);
  }
  return text;
}

// Item 203 is the third of the second putter.
int item_of(size_t putter, int number) {
  return static_cast<int>(putter + 1) * 100 + number;
}

// Nothing lost or doubled, and each taker has each putter's items in order.
std::string complaint_about(const Crowd& crowd,
                            const std::vector<std::vector<int>>& taken) {
  std::vector<int> all;
  for (const std::vector<int>& mine : taken) {
    for (size_t i = 0; i < mine.size(); ++i) {
      for (size_t j = i + 1; j < mine.size(); ++j) {
        if (mine[i] / 100 == mine[j] / 100 && mine[i] >= mine[j]) {
          return "two items of one putter come in the wrong order";
        }
      }
    }
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::vector<int> put;
  for (size_t putter = 0; putter < crowd.putters.size(); ++putter) {
    for (int i = 0; i < crowd.putters[putter]; ++i) {
      put.push_back(item_of(putter, i));
    }
  }
  std::sort(all.begin(), all.end());
  return all == put ? "" : "what was put is not what was taken";
}

template <class Queue>
Explored explore_crowd(const Crowd& crowd) {
  return explore(
      [&] {
        const auto queue = std::make_shared<Queue>(crowd.capacity);
        const auto taken = std::make_shared<std::vector<std::vector<int>>>(
            crowd.takers.size());
        Program program;
        for (size_t i = 0; i < crowd.putters.size(); ++i) {
          program.threads.push_back([&crowd, queue, i] {
            for (int n = 0; n < crowd.putters[i]; ++n) {
              queue->put(item_of(i, n));
            }
          });
        }
        for (size_t i = 0; i < crowd.takers.size(); ++i) {
          program.threads.push_back([&crowd, queue, taken, i] {
            for (int n = 0; n < crowd.takers[i]; ++n) {
              (*taken)[i].push_back(queue->take());
            }
          });
        }
        program.complaint = [&crowd, taken] {
          return complaint_about(crowd, *taken);
        };
        return program;
      },
      1'000'000);
}

void expect_no_failure(const Crowd& crowd) {
  const Explored result = explore_crowd<BoundedQueue>(crowd);
  ASSERT_EQ(result.failure, "")
      << text_of(crowd) << ", in schedule " << result.schedules;
  ASSERT_TRUE(result.complete) << text_of(crowd);
}

TEST(BoundedQueue, AnItemGoesFromOneToAnother) {
  expect_no_failure({1, {1}, {1}});
}

TEST(BoundedQueue, WhoFindsItFullOrEmptyWaitsAndIsWoken) {
  expect_no_failure({1, {3}, {3}});
}

TEST(BoundedQueue, WhoWasWokenMayFindThatAThirdOneWasFaster) {
  expect_no_failure({1, {2}, {1, 1}});
}

TEST(BoundedQueue, NobodyIsWokenInPlaceOfSomebodyElse) {
  expect_no_failure({1, {1, 1}, {1, 1}});
}

TEST(BoundedQueue, HoldsUnderEverySchedule) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    Crowd crowd{.capacity = 1 + random() % 2, .putters = {0}, .takers = {0}};
    crowd.putters.resize(1 + random() % 2);
    crowd.takers.resize(1 + random() % 2);
    for (auto items = 1 + random() % 3; items > 0; --items) {
      ++crowd.putters[random() % crowd.putters.size()];
      ++crowd.takers[random() % crowd.takers.size()];
    }
    expect_no_failure(crowd);
    if (HasFatalFailure()) {
      return;
    }
  }
}

// The judge on trial: a queue with one of the classic mistakes.
enum class Mistake { kIfForWhile, kWakesOne, kNoMutex };

template <Mistake mistake>
class Mistaken {
 public:
  explicit Mistaken(size_t capacity) : shelf_(mutex_, capacity) {}

  void put(int item) {
    const std::lock_guard held(mutex_);
    wait_while([&] { return shelf_.full(); });
    shelf_.add(item);
    wake();
  }
  int take() {
    if (mistake == Mistake::kNoMutex) {
      return shelf_.take();
    }
    const std::lock_guard held(mutex_);
    wait_while([&] { return shelf_.empty(); });
    const int item = shelf_.take();
    wake();
    return item;
  }

 private:
  template <class Condition>
  void wait_while(Condition condition) {
    while (condition()) {
      changed_.wait(mutex_);
      if (mistake == Mistake::kIfForWhile) {
        return;
      }
    }
  }
  void wake() {
    mistake == Mistake::kWakesOne ? changed_.notify_one()
                                  : changed_.notify_all();
  }

  Mutex mutex_;
  Condition changed_;
  Shelf shelf_;
};

TEST(BoundedQueue, TheExplorerFindsTheClassicMistakes) {
  EXPECT_EQ(
      explore_crowd<Mistaken<Mistake::kIfForWhile>>({1, {2}, {1, 1}}).failure,
      "an item is taken from an empty shelf");
  EXPECT_EQ(
      explore_crowd<Mistaken<Mistake::kWakesOne>>({1, {1, 1}, {1, 1}}).failure,
      "deadlock: nobody can go on");
  EXPECT_EQ(explore_crowd<Mistaken<Mistake::kNoMutex>>({1, {1}, {1}}).failure,
            "the shelf is touched without its mutex");
}

}  // namespace
}  // namespace exercises
