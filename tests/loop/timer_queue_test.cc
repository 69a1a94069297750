// The promises of loop/timer_queue.h.
#include "loop/timer_queue.h"

#include <deque>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/runnable.h"
#include "scheduler/clock.h"
#include "tests/support/allocations.h"

namespace loop {
namespace {

using scheduler::Duration;
using scheduler::TimePoint;

struct Item final : Runnable {
  void run() override {}
  void discard() override {}
  std::string describe() const override { return "item"; }
};

TimePoint at(int64_t ticks) {
  return TimePoint(Duration(ticks));
}

// LOOP-08
TEST(TimerQueue, GivesThemOutInTheOrderOfTheirDeadlines) {
  TimerQueue queue;
  Item a, b, c;
  queue.push(c, at(3));
  queue.push(a, at(1));
  queue.push(b, at(2));
  EXPECT_EQ(queue.next(), at(1));
  EXPECT_EQ(&queue.pop(), &a);
  EXPECT_EQ(&queue.pop(), &b);
  EXPECT_EQ(&queue.pop(), &c);
  EXPECT_TRUE(queue.empty());
}

// I3
TEST(TimerQueue, EqualDeadlinesKeepTheOrderOfInsertion) {
  TimerQueue queue;
  std::deque<Item> items(100);
  for (Item& item : items) {
    queue.push(item, at(5));
  }
  for (Item& item : items) {
    EXPECT_EQ(&queue.pop(), &item);
  }
}

TEST(TimerQueue, WhatWasRemovedMayBePushedAgain) {
  TimerQueue queue;
  Item a, b;
  queue.push(a, at(1));
  queue.push(b, at(2));
  queue.remove(a);
  EXPECT_FALSE(TimerQueue::contains(a));
  queue.push(a, at(3));
  EXPECT_EQ(&queue.pop(), &b);
  EXPECT_EQ(&queue.pop(), &a);
}

// I1 I2 I3: who was in stays in, who was refused can come again.
TEST(TimerQueue, WithoutMemoryAPushIsRefusedAndNothingElseChanges) {
  TimerQueue queue;
  std::deque<Item> items(100);
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    Item& item = items[static_cast<size_t>(i)];
    const TimePoint when = at(i * 37 % 10);
    try {
      const tests::RefuseAllocation refuse(0);
      queue.push(item, when);
    } catch (const std::bad_alloc&) {
      ++refused;
      EXPECT_FALSE(TimerQueue::contains(item));
      EXPECT_EQ(queue.size(), static_cast<size_t>(i));
      queue.push(item, when);
    }
    EXPECT_TRUE(TimerQueue::contains(item));
  }
  EXPECT_GT(refused, 1);
  for (int deadline = 0; deadline < 10; ++deadline) {
    for (int i = 0; i < 100; ++i) {
      if (i * 37 % 10 == deadline) {
        ASSERT_EQ(queue.next(), at(deadline));
        ASSERT_EQ(&queue.pop(), &items[static_cast<size_t>(i)]);
      }
    }
  }
  EXPECT_TRUE(queue.empty());
}

// Oracle: a multimap, which also keeps equal keys in order of insertion.
TEST(TimerQueue, BehavesAsAnOrderedMultimapUnderRandomUse) {
  std::mt19937 random(20240229);
  TimerQueue queue;
  std::multimap<TimePoint, Item*> oracle;
  std::deque<Item> items(500);
  for (int step = 0; step < 20000; ++step) {
    Item& item = items[random() % items.size()];
    if (!TimerQueue::contains(item)) {
      const TimePoint when = at(random() % 64);
      queue.push(item, when);
      oracle.emplace(when, &item);
    } else if (random() % 2 == 0) {
      queue.remove(item);
      std::erase_if(oracle, [&](const auto& e) { return e.second == &item; });
    } else {
      ASSERT_EQ(queue.next(), oracle.begin()->first);
      ASSERT_EQ(&queue.pop(), oracle.begin()->second);
      oracle.erase(oracle.begin());
    }
    ASSERT_EQ(queue.size(), oracle.size());
  }
}

}  // namespace
}  // namespace loop
