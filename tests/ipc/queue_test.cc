// The promises of ipc/queue.h and ipc/queue_core.h.
#include "ipc/queue.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/process.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/ipc/board.h"
#include "tests/ipc/family.h"

namespace ipc {
namespace {

using scheduler::QueueEmpty;
using scheduler::QueueFull;
using scheduler::seconds;
using scheduler::SteadyClock;

// What refers to memory is not copied as bytes.
static_assert(std::is_constructible_v<Queue<int>, size_t>);
static_assert(!std::is_constructible_v<Queue<std::string_view>, size_t>);

// PROC-21
TEST(ProcessQueue, EachProducersItemsKeepTheirOrder) {
  constexpr int kItems = 5000;
  Queue<std::array<int, 2>> queue(10);
  std::vector<Process> producers;
  for (int number = 0; number < 3; ++number) {
    producers.push_back(started([&queue, number] {
      for (int i = 0; i < kItems; ++i) {
        queue.put({number, i});
      }
    }));
  }
  std::array<int, 3> next = {};
  for (int i = 0; i < 3 * kItems; ++i) {
    const auto [producer, number] = queue.get();
    ASSERT_EQ(number, next[static_cast<size_t>(producer)]++);
  }
  EXPECT_TRUE(queue.empty());
}

// I1
TEST(ProcessQueue, SeveralConsumersTakeEachItemOnce) {
  board().reset();
  Queue<int> queue(7);
  std::vector<Process> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.push_back(started([&] {
      for (int item = queue.get(); item >= 0; item = queue.get()) {
        ++board().runs[static_cast<size_t>(item)];
      }
    }));
  }
  const int count = static_cast<int>(board().runs.size());
  for (int item = 0; item < count; ++item) {
    queue.put(item);
  }
  for (size_t i = 0; i < consumers.size(); ++i) {
    queue.put(-1);
  }
  for (Process& consumer : consumers) {
    consumer.join();
  }
  for (const auto& runs : board().runs) {
    ASSERT_EQ(runs, 1);
  }
}

// PROC-22. A queue in shared memory has no feeder: what was put counts at
// once, and there is no other state.
TEST(ProcessQueue, AFullOneBlocksOrTimesOut) {
  Queue<int> queue(2);
  queue.put(1);
  queue.put_nowait(2);
  EXPECT_TRUE(queue.full());
  EXPECT_THROW(queue.put_nowait(3), QueueFull);
  const auto begin = SteadyClock::instance().now();
  EXPECT_THROW(queue.put(3, seconds(0.02)), QueueFull);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
  EXPECT_EQ(queue.qsize(), 2u);
  Process consumer = started([&] { _exit(queue.get()); });
  queue.put(3);  // when the consumer has made room
  EXPECT_EQ(ending_of(std::move(consumer)), 1);
  EXPECT_EQ(queue.get(), 2);
  EXPECT_EQ(queue.get(), 3);
}

// PROC-23. In Python the item may still be on its way; here it is in the queue
// when put() returns, which is a stricter promise.
TEST(ProcessQueue, AnItemIsThereAsSoonAsPutReturns) {
  Queue<int> queue(2);
  EXPECT_EQ(ending_of(started([&] { queue.put(5); })), 0);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(queue.get(seconds(10)), 5);
}

// PROC-24
TEST(ProcessQueue, AnEmptyOneBlocksOrTimesOut) {
  Queue<int> queue(2);
  EXPECT_THROW(queue.get_nowait(), QueueEmpty);
  const auto begin = SteadyClock::instance().now();
  EXPECT_THROW(queue.get(seconds(0.02)), QueueEmpty);
  EXPECT_GE(SteadyClock::instance().now() - begin, seconds(0.02));
  EXPECT_THROW(queue.get(seconds(-1)), std::invalid_argument);
  EXPECT_THROW(queue.put(1, seconds(-1)), std::invalid_argument);
}

// PROC-25
TEST(ProcessQueue, JoinWaitsUntilAllIsDoneInAllProcesses) {
  board().reset();
  Queue<int> queue(10);
  std::vector<Process> workers;
  for (int i = 0; i < 2; ++i) {
    workers.push_back(started([&] {
      for (int item = queue.get(); item >= 0; item = queue.get()) {
        ++board().entered;
        queue.task_done();
      }
      queue.task_done();
    }));
  }
  for (int item = 0; item < 50; ++item) {
    queue.put(item);
  }
  EXPECT_TRUE(queue.join());
  EXPECT_EQ(board().entered, 50);
  queue.put(-1);
  queue.put(-1);
  EXPECT_TRUE(queue.join());
}

// PROC-25
TEST(ProcessQueue, ATaskDoneTooManyIsAnError) {
  Queue<int> queue(2);
  EXPECT_THROW(queue.task_done(), std::invalid_argument);
  queue.put(1);
  EXPECT_FALSE(queue.join(seconds(0)));
  queue.task_done();
  EXPECT_TRUE(queue.join(seconds(0)));
  EXPECT_THROW(queue.task_done(), std::invalid_argument);
}

TEST(ProcessQueue, ItemsOfManyLengthsTravelWhole) {
  Queue<std::vector<std::string>> queue(3, 200);
  const std::vector<std::string> first = {"a", "", std::string(100, 'x')};
  EXPECT_EQ(ending_of(started([&] {
              queue.put(first);
              queue.put({});
            })),
            0);
  EXPECT_EQ(queue.get(), first);
  EXPECT_EQ(queue.get(), std::vector<std::string>());
  EXPECT_THROW(queue.put({std::string(300, 'x')}), std::invalid_argument);
  EXPECT_TRUE(queue.empty());
}

TEST(ProcessQueue, SizesThatCannotBeAreRefused) {
  EXPECT_THROW(Queue<int>(0), std::invalid_argument);
  EXPECT_THROW(Queue<int>(SIZE_MAX / 4), std::invalid_argument);
  EXPECT_THROW(Queue<std::string>(1, 0), std::invalid_argument);
  EXPECT_THROW(Queue<std::string>(1, SIZE_MAX), std::invalid_argument);
}

}  // namespace
}  // namespace ipc
