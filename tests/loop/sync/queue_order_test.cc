// The promises of loop/sync/queue_order.h, through the queues that use them.
#include "loop/sync/queue_order.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/sync/queue.h"

namespace loop::sync {
namespace {

template <class Q>
std::vector<int> out_of(Q& queue) {
  std::vector<int> items;
  while (!queue.empty()) {
    items.push_back(queue.get_nowait());
  }
  return items;
}

template <class Q>
void fill(Q& queue, const std::vector<int>& items) {
  for (const int item : items) {
    queue.put_nowait(item);
  }
}

// SYNC-29
TEST(QueueOrder, APriorityQueueGivesTheSmallestFirst) {
  PriorityQueue<int> queue;
  fill(queue, {3, 1, 2});
  EXPECT_EQ(out_of(queue), (std::vector<int>{1, 2, 3}));
}

// SYNC-29
TEST(QueueOrder, ALifoQueueGivesTheNewestFirst) {
  LifoQueue<int> queue;
  fill(queue, {3, 1, 2});
  EXPECT_EQ(out_of(queue), (std::vector<int>{2, 1, 3}));
}

TEST(QueueOrder, APriorityQueueOfManyIsSortedHoweverTheyCome) {
  std::mt19937 random(1);
  PriorityQueue<int> queue;
  std::vector<int> items;
  for (int i = 0; i < 500; ++i) {
    items.push_back(static_cast<int>(random() % 100));
  }
  fill(queue, items);
  std::sort(items.begin(), items.end());
  EXPECT_EQ(out_of(queue), items);
}

TEST(QueueOrder, AllCarryItemsThatCannotBeCopied) {
  LifoQueue<std::unique_ptr<int>> newest;
  newest.put_nowait(std::make_unique<int>(1));
  EXPECT_EQ(*newest.get_nowait(), 1);
  PriorityQueue<std::pair<int, std::unique_ptr<int>>> smallest;
  smallest.put_nowait({2, nullptr});
  smallest.put_nowait({1, std::make_unique<int>(1)});
  EXPECT_EQ(smallest.get_nowait().first, 1);
}

}  // namespace
}  // namespace loop::sync
