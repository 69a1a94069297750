// The promises of scheduler/run_queue.h, with std::deque as the oracle.
#include "scheduler/run_queue.h"

#include <array>
#include <deque>
#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace scheduler {
namespace {

struct Item {
  char name = '?';
  Item* next_ready = nullptr;
};

std::string drain(RunQueue<Item>& queue) {
  std::string names;
  while (!queue.empty()) {
    names += queue.pop().name;
  }
  return names;
}

// I1
TEST(RunQueue, ServesInTheOrderOfArrival) {
  Item a{'a'}, b{'b'}, c{'c'};
  RunQueue<Item> queue;
  queue.push(a);
  queue.push(b);
  queue.push(c);
  EXPECT_EQ(drain(queue), "abc");
}

// I2
TEST(RunQueue, AnItemMayQueueAgainAsSoonAsItIsHandedOut) {
  Item a{'a'}, b{'b'};
  RunQueue<Item> queue;
  queue.push(a);
  queue.push(b);
  Item& first = queue.pop();
  EXPECT_EQ(first.next_ready, nullptr);
  queue.push(first);
  EXPECT_EQ(drain(queue), "ba");
}

TEST(RunQueue, WhatIsQueuedDuringATurnWaitsForTheNext) {
  Item a{'a'}, b{'b'}, late{'z'};
  RunQueue<Item> queue;
  queue.push(a);
  queue.push(b);
  RunQueue<Item> turn = queue.take_all();
  queue.push(late);
  EXPECT_EQ(drain(turn), "ab");
  EXPECT_EQ(drain(queue), "z");
}

TEST(RunQueue, TakingFromAnEmptyQueueGivesAnEmptyOne) {
  RunQueue<Item> queue;
  EXPECT_TRUE(queue.take_all().empty());
}

// I1
TEST(RunQueue, AnAppendedQueueFollowsInItsOwnOrderAndIsLeftEmpty) {
  Item a{'a'}, b{'b'}, c{'c'}, d{'d'};
  RunQueue<Item> first;
  RunQueue<Item> second;
  first.append(std::move(second));
  EXPECT_TRUE(first.empty());
  second.push(b);
  second.push(c);
  first.append(std::move(second));
  first.push(d);
  second.push(a);
  second.append(std::move(first));
  EXPECT_EQ(drain(second), "abcd");
  EXPECT_EQ(drain(first), "");
}

// I1
TEST(RunQueue, AgreesWithADequeOverRandomOperations) {
  std::array<Item, 50> items;
  std::deque<Item*> oracle;
  RunQueue<Item> queue;
  std::deque<Item*> idle;
  for (Item& item : items) {
    idle.push_back(&item);
  }
  std::mt19937 random(1);
  for (int step = 0; step < 10'000; ++step) {
    if (!idle.empty() && (oracle.empty() || random() % 2 == 0)) {
      Item* const item = idle.front();
      idle.pop_front();
      queue.push(*item);
      oracle.push_back(item);
    } else {
      Item* const item = &queue.pop();
      ASSERT_EQ(item, oracle.front());
      oracle.pop_front();
      idle.push_back(item);
    }
    ASSERT_EQ(queue.empty(), oracle.empty());
  }
}

// I2
TEST(RunQueueDeathTest, QueueingTwiceIsABugThatIsNamed) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  Item a{'a'};
  RunQueue<Item> queue;
  queue.push(a);
  EXPECT_DEATH(queue.push(a), "one queue at most");
}

}  // namespace
}  // namespace scheduler
