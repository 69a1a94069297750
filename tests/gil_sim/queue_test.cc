// The promises of gil_sim/queue.h.
#include "gil_sim/queue.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "gil_sim/thread.h"
#include "gtest/gtest.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"

namespace gil_sim {
namespace {

using scheduler::QueueEmpty;
using scheduler::QueueFull;
using scheduler::seconds;
using scheduler::SteadyClock;

// I1
TEST(Queue, GivesItemsInTheOrderTheyWerePut) {
  Queue<std::unique_ptr<int>> queue;
  for (int i = 0; i < 3; ++i) {
    queue.put(std::make_unique<int>(i));
  }
  EXPECT_EQ(queue.qsize(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*queue.get(), i);
  }
  EXPECT_TRUE(queue.empty());
}

// SYNC-41 and I2
TEST(Queue, PutAndGetGiveUpNoSoonerThanTheTimeout) {
  Queue<int> queue(1);
  auto begin = SteadyClock::instance().now();
  EXPECT_THROW(queue.get(seconds(0.005)), QueueEmpty);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  queue.put(1);
  EXPECT_TRUE(queue.full());
  begin = SteadyClock::instance().now();
  EXPECT_THROW(queue.put(2, seconds(0.005)), QueueFull);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.005));
  EXPECT_EQ(queue.qsize(), 1u);
}

// SYNC-41
TEST(Queue, WithoutWaitingFullAndEmptyAreErrorsAtOnce) {
  Queue<int> queue(1);
  EXPECT_THROW(queue.get_nowait(), QueueEmpty);
  queue.put_nowait(1);
  EXPECT_THROW(queue.put_nowait(2), QueueFull);
}

// SYNC-41
TEST(Queue, ANegativeTimeoutIsAValueError) {
  Queue<int> queue;
  EXPECT_THROW(queue.put(1, seconds(-1)), std::invalid_argument);
  EXPECT_THROW(queue.get(seconds(-1)), std::invalid_argument);
}

// SYNC-42 and I1
TEST(Queue, BetweenManyThreadsNothingIsLostOrDoubledAndOrderIsKept) {
  constexpr int kProducers = 3;
  constexpr int kConsumers = 3;
  constexpr int kItems = 1000;
  using Item = std::pair<int, int>;  // producer, number; negative: the end
  Queue<Item> queue(5);
  std::vector<std::vector<Item>> got(kConsumers);
  {
    std::vector<std::unique_ptr<Thread>> threads;
    for (int producer = 0; producer < kProducers; ++producer) {
      threads.push_back(std::make_unique<Thread>([&, producer] {
        for (int i = 0; i < kItems; ++i) {
          queue.put({producer, i});
        }
        queue.put({-1, 0});  // as many ends as there are consumers
      }));
      threads.back()->start();
    }
    for (auto& mine : got) {
      threads.push_back(std::make_unique<Thread>([&] {
        for (Item item = queue.get(); item.first >= 0; item = queue.get()) {
          mine.push_back(item);
        }
      }));
      threads.back()->start();
    }
  }
  std::vector<Item> all;
  for (const auto& mine : got) {
    for (int producer = 0; producer < kProducers; ++producer) {
      int last = -1;
      for (const Item& item : mine) {
        if (item.first == producer) {
          EXPECT_GT(item.second, last);
          last = item.second;
        }
      }
    }
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  std::vector<Item> expected;
  for (int producer = 0; producer < kProducers; ++producer) {
    for (int i = 0; i < kItems; ++i) {
      expected.emplace_back(producer, i);
    }
  }
  EXPECT_EQ(all, expected);
}

// I3
TEST(Queue, JoinWaitsUntilEveryItemIsMarkedDone) {
  Queue<int> queue;
  int worked_off = 0;
  for (int i = 0; i < 10; ++i) {
    queue.put(i);
  }
  Thread worker([&] {
    for (int i = 0; i < 10; ++i) {
      queue.get();
      ++worked_off;
      queue.task_done();
    }
  });
  worker.start();
  queue.join();
  EXPECT_EQ(worked_off, 10);
  EXPECT_THROW(queue.task_done(), std::invalid_argument);
}

}  // namespace
}  // namespace gil_sim
