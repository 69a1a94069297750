// The promises of loop/sync/queue.h, in the order of Python 3.11.
#include "loop/sync/queue.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/fragile.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"
#include "tests/loop/worlds.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using scheduler::QueueEmpty;
using scheduler::QueueFull;
using tests::Fragile;
using tests::Log;
using tests::ticks;
using tests::turns;

Coroutine<> get(Log* log, Queue<int>* queue, std::string name) {
  try {
    const int item = co_await queue->get();
    log->push_back(name + " got " + std::to_string(item));
  } catch (const CancelledError&) {
    log->push_back(name + "x");
    throw;
  }
}

Coroutine<> put(Log* log, Queue<int>* queue, int item) {
  try {
    co_await queue->put(item);
    log->push_back("put " + std::to_string(item));
  } catch (const CancelledError&) {
    log->push_back(std::to_string(item) + "x");
    throw;
  }
}

class CoroutineQueue : public tests::EveryOrder {
 protected:
  Queue<int> queue_;
  Queue<int> narrow_{1};
};
INSTANTIATE_TEST_SUITE_P(Pollers, CoroutineQueue, tests::kEveryKind,
                         tests::name_of);

// SYNC-22
TEST_P(CoroutineQueue, GivesItemsInTheOrderOfPutting) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto others = create_task(ticks(log, 1));
    co_await queue->put(1);
    co_await queue->put(3);
    queue->put_nowait(2);
    EXPECT_EQ(queue->qsize(), 3u);
    EXPECT_EQ(co_await queue->get(), 1);
    EXPECT_EQ(queue->get_nowait(), 3);
    EXPECT_EQ(co_await queue->get(), 2);
    EXPECT_TRUE(queue->empty());
    EXPECT_EQ(*log, Log());  // nobody had to wait
    co_await others;
  };
  run(body(&log_, &queue_));
}

// SYNC-23
TEST_P(CoroutineQueue, GettersAreServedInTheOrderOfArrival) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto a = create_task(get(log, queue, "A"));
    const auto b = create_task(get(log, queue, "B"));
    const auto end = create_task(ticks(log, 5));
    co_await turns(2);
    EXPECT_EQ(a.stack(), (Log{"get", "get", "queue"}));
    log->push_back("put both");
    queue->put_nowait(1);
    queue->put_nowait(2);
    co_await end;
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_,
            (Log{"|", "|", "put both", "|", "A got 1", "B got 2", "|", "|"}));
}

// SYNC-24
TEST_P(CoroutineQueue, PuttersWaitForRoomInTheOrderOfArrival) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto one = create_task(put(log, queue, 1));
    const auto two = create_task(put(log, queue, 2));
    const auto three = create_task(put(log, queue, 3));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(queue->full());
      co_await get(log, queue, "main");
      co_await turns(1);
    }
    co_await end;
  };
  run(body(&log_, &narrow_));
  EXPECT_EQ(log_, (Log{"put 1", "|", "|", "main got 1", "|", "put 2",
                       "main got 2", "|", "put 3", "main got 3", "|", "|"}));
}

// SYNC-25
TEST_P(CoroutineQueue, WithoutWaitingItIsFullOrEmptyAtOnce) {
  constexpr auto body = [](Queue<int>* queue) -> Coroutine<> {
    EXPECT_THROW(queue->get_nowait(), QueueEmpty);
    queue->put_nowait(1);
    EXPECT_THROW(queue->put_nowait(2), QueueFull);
    EXPECT_EQ(queue->get_nowait(), 1);
    co_return;
  };
  run(body(&narrow_));
}

// SYNC-26
TEST_P(CoroutineQueue, WithoutACapacityItIsNeverFull) {
  for (const int maxsize : {0, -1}) {
    Queue<int> unlimited(maxsize);
    EXPECT_EQ(unlimited.maxsize(), maxsize);
    for (int i = 0; i < 5; ++i) {
      unlimited.put_nowait(i);
      EXPECT_FALSE(unlimited.full());
    }
    EXPECT_EQ(unlimited.qsize(), 5u);
  }
}

// SYNC-27
TEST_P(CoroutineQueue, ACancelledGetterIsPassedOver) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto a = create_task(get(log, queue, "A"));
    const auto b = create_task(get(log, queue, "B"));
    const auto end = create_task(ticks(log, 5));
    co_await turns(2);
    log->push_back("cancel A, put 1");
    a.cancel();
    queue->put_nowait(1);
    co_await end;
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_,
            (Log{"|", "|", "cancel A, put 1", "|", "Ax", "B got 1", "|", "|"}));
}

// SYNC-27
TEST_P(CoroutineQueue, AGetterWokenAndThenCancelledLeavesTheItemToTheNext) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto a = create_task(get(log, queue, "A"));
    const auto b = create_task(get(log, queue, "B"));
    const auto end = create_task(ticks(log, 6));
    co_await turns(2);
    log->push_back("put 1, cancel A");
    queue->put_nowait(1);
    a.cancel();
    co_await end;
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_, (Log{"|", "|", "put 1, cancel A", "|", "Ax", "|", "B got 1",
                       "|", "|"}));
}

// Nor does it wake anybody if a newcomer has taken the item already.
TEST_P(CoroutineQueue, AWokenAndCancelledGetterWakesNobodyForNothing) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto a = create_task(get(log, queue, "A"));
    const auto b = create_task(get(log, queue, "B"));
    const auto end = create_task(ticks(log, 7));
    co_await turns(2);
    queue->put_nowait(1);
    a.cancel();
    EXPECT_EQ(queue->get_nowait(), 1);
    co_await turns(2);
    log->push_back("put 2");
    queue->put_nowait(2);
    co_await end;
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_,
            (Log{"|", "|", "|", "Ax", "|", "put 2", "|", "B got 2", "|", "|"}));
}

// SYNC-27
TEST_P(CoroutineQueue, CancelledPuttersLeaveTheirPlaceToTheNext) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    queue->put_nowait(0);
    const auto one = create_task(put(log, queue, 1));
    const auto two = create_task(put(log, queue, 2));
    const auto three = create_task(put(log, queue, 3));
    const auto end = create_task(ticks(log, 7));
    co_await turns(2);
    log->push_back("cancel 1, get, cancel 2");
    one.cancel();
    queue->get_nowait();
    two.cancel();
    co_await end;
    EXPECT_EQ(queue->qsize(), 1u);
    EXPECT_EQ(queue->get_nowait(), 3);
  };
  run(body(&log_, &narrow_));
  EXPECT_EQ(log_, (Log{"|", "|", "cancel 1, get, cancel 2", "|", "1x", "2x",
                       "|", "put 3", "|", "|", "|"}));
}

// As in Python: an item is not reserved for the getter that it wakes.
TEST_P(CoroutineQueue, ANewcomerMayOvertakeAGetterWhoThenWaitsAtTheEnd) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    const auto a = create_task(get(log, queue, "A"));
    const auto b = create_task(get(log, queue, "B"));
    const auto end = create_task(ticks(log, 7));
    co_await turns(2);
    queue->put_nowait(1);
    co_await get(log, queue, "newcomer");
    co_await turns(2);
    queue->put_nowait(2);
    co_await turns(2);
    queue->put_nowait(3);
    co_await end;
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_, (Log{"|", "|", "newcomer got 1", "|", "|", "|", "B got 2",
                       "|", "|", "A got 3"}));
}

TEST_P(CoroutineQueue, ANewcomerMayOvertakeAPutterWhoThenWaitsAtTheEnd) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    queue->put_nowait(0);
    const auto one = create_task(put(log, queue, 1));
    const auto two = create_task(put(log, queue, 2));
    const auto end = create_task(ticks(log, 7));
    co_await turns(2);
    queue->get_nowait();
    co_await put(log, queue, 9);
    for (int i = 0; i < 3; ++i) {
      co_await turns(1);
      log->push_back("item " + std::to_string(queue->get_nowait()));
    }
    co_await end;
  };
  run(body(&log_, &narrow_));
  EXPECT_EQ(log_, (Log{"|", "|", "put 9", "|", "item 9", "|", "put 2", "item 2",
                       "|", "put 1", "item 1", "|", "|"}));
}

Coroutine<> work(Log* log, Queue<int>* queue) {
  for (;;) {
    const int item = co_await queue->get();
    co_await turns(1);
    log->push_back("done " + std::to_string(item));
    queue->task_done();
  }
}

Coroutine<> join(Log* log, Queue<int>* queue) {
  co_await queue->join();
  log->push_back("joined");
}

// SYNC-28
TEST_P(CoroutineQueue, JoinWaitsUntilEveryItemIsMarkedDone) {
  constexpr auto body = [](Log* log, Queue<int>* queue) -> Coroutine<> {
    co_await join(log, queue);  // of nothing
    for (const int item : {1, 2, 3}) {
      queue->put_nowait(item);
    }
    const auto joining = create_task(join(log, queue));
    const auto worker = create_task(work(log, queue));
    co_await create_task(ticks(log, 6));
    co_await join(log, queue);
    worker.cancel();
  };
  run(body(&log_, &queue_));
  EXPECT_EQ(log_, (Log{"joined", "|", "done 1", "|", "done 2", "|", "done 3",
                       "|", "joined", "|", "|", "joined"}));
}

TEST_P(CoroutineQueue, MarkingDoneTooOftenIsAValueError) {
  EXPECT_THROW(queue_.task_done(), std::invalid_argument);
  queue_.put_nowait(1);
  queue_.task_done();
  EXPECT_THROW(queue_.task_done(), std::invalid_argument);
}

// The usual end of a program with workers: their queue was a local of main.
TEST_P(CoroutineQueue, MayGoWhileSomebodyWaitsWhoIsCancelledAfterwards) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    Queue<int> local(1);
    local.put_nowait(1);
    create_task(put(log, &local, 2));
    create_task(join(log, &local));
    Queue<int> empty;
    create_task(get(log, &empty, "A"));
    co_await turns(1);
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"2x", "Ax"}));
}

Coroutine<> put_fragile(Log* log, Queue<Fragile>* queue, int number,
                        int* moves_left) {
  Fragile item(*moves_left, number);
  auto putting = queue->put(std::move(item));
  try {
    co_await std::move(putting);
    log->push_back("put " + std::to_string(number));
  } catch (const std::runtime_error&) {
    log->push_back(std::to_string(number) + " broke");
  }
}

Coroutine<> get_fragile(Log* log, Queue<Fragile>* queue, std::string name) {
  try {
    const Fragile item = co_await queue->get();
    log->push_back(name + " got " + std::to_string(item.number()));
  } catch (const std::runtime_error&) {
    log->push_back(name + " broke");
  }
}

// I3: the next one has the place, whichever move it was that failed.
TEST_P(CoroutineQueue, APutterWhoseItemBreaksPassesThePlaceOn) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    for (const int moves : {1, 2, 3}) {
      int unlimited = -1;
      int moves_left = -1;
      Queue<Fragile> queue(1);
      queue.put_nowait(Fragile(unlimited));
      create_task(put_fragile(log, &queue, 1, &moves_left));
      const auto next = create_task(put_fragile(log, &queue, 2, &unlimited));
      co_await turns(2);
      queue.get_nowait();
      moves_left = moves;
      co_await turns(3);
      EXPECT_TRUE(queue.full());
      next.cancel();
      co_await turns(1);
    }
  };
  run(body(&log_));
  EXPECT_EQ(log_,
            (Log{"1 broke", "put 2", "1 broke", "put 2", "1 broke", "put 2"}));
}

// I3: an item that is there still is for the next one; one that is lost was
// the first one's.
TEST_P(CoroutineQueue, AGetterWhoseItemBreaksPassesItOnIfItIsStillThere) {
  constexpr auto body = [](Log* log) -> Coroutine<> {
    for (const int moves : {1, 2}) {
      int moves_left = -1;
      Queue<Fragile> queue;
      create_task(get_fragile(log, &queue, "A"));
      const auto next = create_task(get_fragile(log, &queue, "B"));
      co_await turns(2);
      queue.put_nowait(Fragile(moves_left, 1));
      moves_left = moves;
      co_await turns(3);
      EXPECT_TRUE(queue.empty());
      queue.put_nowait(Fragile(moves_left, 2));
      co_await turns(3);
      next.cancel();
      co_await turns(1);
    }
  };
  run(body(&log_));
  EXPECT_EQ(log_, (Log{"A broke", "B got 1", "A broke", "B got 2"}));
}

TEST_P(CoroutineQueue, CarriesItemsThatCannotBeCopied) {
  constexpr auto body = []() -> Coroutine<> {
    Queue<std::unique_ptr<int>> queue;
    co_await queue.put(std::make_unique<int>(7));
    const auto item = co_await queue.get();
    EXPECT_EQ(*item, 7);
  };
  run(body());
}

}  // namespace
}  // namespace loop::sync
