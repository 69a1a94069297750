// What holds in every schedule: random ones, on a virtual clock, in which tasks
// are cancelled at any time; and all those in which one task is cancelled in
// one turn.
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "loop/coroutine.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/sync/barrier.h"
#include "loop/sync/condition.h"
#include "loop/sync/lock.h"
#include "loop/sync/queue.h"
#include "loop/sync/semaphore.h"
#include "loop/task.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/sync/support.h"

namespace loop::sync {
namespace {

using scheduler::CancelledError;
using tests::ms;
using tests::turns;
using tests::VirtualLoop;

using Tasks = std::vector<Task<void>>;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int limit) {
    return static_cast<int>(engine_() % static_cast<unsigned>(limit));
  }
  // No time, or some.
  Sleep pause() { return sleep(ms(below(4))); }

 private:
  std::mt19937 engine_;
};

Coroutine<> cancel_at_random(const Tasks* tasks, Random* random) {
  for (;;) {
    co_await random->pause();
    (*tasks)[static_cast<size_t>(
                 random->below(static_cast<int>(tasks->size())))]
        .cancel();
  }
}

// Until all have ended, which each does in spite of being cancelled.
Coroutine<> trouble(const Tasks* tasks, Random* random) {
  const auto canceller = create_task(cancel_at_random(tasks, random));
  for (const Task<void>& task : *tasks) {
    co_await task;
  }
  canceller.cancel();
  co_await canceller.any().finished();
}

void with_many_seeds(Coroutine<> (*body)(Random*)) {
  for (unsigned seed = 1; seed <= 150 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    VirtualLoop v;
    Random random(seed);
    run(body(&random), v.loop);
  }
}

// Counts those inside, and sees to it that they come in in order of arrival.
class Room {
 public:
  explicit Room(int places) : places_(places) {}
  int arrive() { return ++tickets_; }
  void enter(int ticket) {
    EXPECT_LE(++inside_, places_);
    EXPECT_GT(ticket, last_);
    last_ = ticket;
  }
  void leave() { --inside_; }

 private:
  const int places_;
  int tickets_ = 0;
  int last_ = 0;
  int inside_ = 0;
};

struct Stay {
  explicit Stay(Room& its_room, int ticket) : room(its_room) {
    room.enter(ticket);
  }
  Stay(const Stay&) = delete;
  ~Stay() { room.leave(); }
  Room& room;
};

template <class Guarded>
Coroutine<> go_in_and_out(Guarded* guarded, Room* room, Random* random) {
  for (int rounds = 0; rounds < 6;) {
    try {
      co_await random->pause();
      const int ticket = room->arrive();
      const auto held = co_await guarded->scoped();
      const Stay stay(*room, ticket);
      co_await random->pause();
      ++rounds;
    } catch (const CancelledError&) {
    }
  }
}

TEST(Schedules, ALockLetsOneInAtATimeInOrderOfArrival) {
  with_many_seeds([](Random* random) -> Coroutine<> {
    Lock lock;
    Room room(1);
    Tasks tasks;
    for (int i = 0; i < 7; ++i) {
      tasks.push_back(create_task(go_in_and_out(&lock, &room, random)));
    }
    co_await trouble(&tasks, random);
    EXPECT_FALSE(lock.locked());
  });
}

TEST(Schedules, ASemaphoreKeepsItsPermitsAndTheOrderOfArrival) {
  with_many_seeds([](Random* random) -> Coroutine<> {
    const int permits = 1 + random->below(3);
    BoundedSemaphore semaphore(permits);
    Room room(permits);
    Tasks tasks;
    for (int i = 0; i < 7; ++i) {
      tasks.push_back(
          create_task(go_in_and_out<Semaphore>(&semaphore, &room, random)));
    }
    co_await trouble(&tasks, random);
    for (int i = 0; i < permits; ++i) {
      EXPECT_FALSE(semaphore.locked());
      co_await semaphore.acquire();
    }
    EXPECT_TRUE(semaphore.locked());
  });
}

// What went in and what came out.
struct Goods {
  std::vector<int> in;
  std::vector<int> out;
};

Coroutine<> produce(Queue<int>* queue, Goods* goods, Random* random,
                    int first) {
  for (int item = first; item < first + 8;) {
    try {
      co_await random->pause();
      co_await queue->put(item);
      goods->in.push_back(item++);
    } catch (const CancelledError&) {
    }
  }
}

Coroutine<> consume(Queue<int>* queue, Goods* goods, Random* random) {
  for (int count = 0; count < 8;) {
    try {
      co_await random->pause();
      goods->out.push_back(co_await queue->get());
      queue->task_done();
      ++count;
    } catch (const CancelledError&) {
    }
  }
}

TEST(Schedules, AQueueLosesAndDoublesNothingAndKeepsTheOrder) {
  with_many_seeds([](Random* random) -> Coroutine<> {
    Queue<int> queue(random->below(4));
    Goods goods;
    Tasks tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(create_task(produce(&queue, &goods, random, 100 * i)));
      tasks.push_back(create_task(consume(&queue, &goods, random)));
    }
    co_await trouble(&tasks, random);
    co_await queue.join();
    EXPECT_EQ(goods.in.size(), 32u);
    EXPECT_EQ(goods.in, goods.out);
  });
}

struct Store {
  Condition changed;
  int items = 0;
};

Coroutine<> deliver(Store* store, Random* random) {
  for (int i = 0; i < 3; ++i) {
    co_await random->pause();
    const auto held = co_await store->changed.scoped();
    ++store->items;
    store->changed.notify();
    co_await random->pause();
  }
}

Coroutine<> fetch(Store* store, Random* random) {
  co_await random->pause();
  const auto held = co_await store->changed.scoped();
  co_await store->changed.wait_for([store] { return store->items > 0; });
  --store->items;
}

// One notification per item, and more who wait than items: if the notification
// of one who is cancelled were lost, an item would lie there and be waited for.
TEST(Schedules, AConditionLosesNoNotification) {
  with_many_seeds([](Random* random) -> Coroutine<> {
    Store store;
    Tasks fetching;
    for (int i = 0; i < 12; ++i) {
      fetching.push_back(create_task(fetch(&store, random)));
    }
    const auto a = create_task(deliver(&store, random));
    const auto b = create_task(deliver(&store, random));
    const auto canceller = create_task(cancel_at_random(&fetching, random));
    co_await sleep(ms(15));
    canceller.cancel();
    co_await a;
    co_await b;
    co_await sleep(ms(100));
    EXPECT_FALSE(store.changed.locked());
    for (const Task<void>& task : fetching) {
      EXPECT_TRUE(task.done() || store.items == 0);
      task.cancel();
      co_await task.any().finished();
    }
    co_await canceller.any().finished();
  });
}

Coroutine<> pass_rounds(Barrier* barrier, std::vector<int>* indexes,
                        Random* random) {
  for (int i = 0; i < 10; ++i) {
    co_await random->pause();
    indexes->push_back(co_await barrier->wait());
  }
}

TEST(Schedules, ABarrierGivesEachIndexOncePerRound) {
  with_many_seeds([](Random* random) -> Coroutine<> {
    Barrier barrier(3);
    std::vector<int> indexes;
    Tasks tasks;
    for (int i = 0; i < 3; ++i) {
      tasks.push_back(create_task(pass_rounds(&barrier, &indexes, random)));
    }
    for (const Task<void>& task : tasks) {
      co_await task;
    }
    EXPECT_EQ(indexes.size(), 30u);
    for (size_t i = 0; i + 2 < indexes.size(); i += 3) {
      EXPECT_EQ(1 << indexes[i] | 1 << indexes[i + 1] | 1 << indexes[i + 2], 7);
    }
    EXPECT_EQ(barrier.n_waiting(), 0);
  });
}

// Cancels each of `count` tasks in each of the first turns, one per run.
void with_every_cancellation(size_t count,
                             Coroutine<> (*body)(size_t victim, int turn)) {
  for (size_t victim = 0; victim < count; ++victim) {
    for (int turn = 0; turn < 14; ++turn) {
      SCOPED_TRACE("task " + std::to_string(victim) + " in turn " +
                   std::to_string(turn));
      VirtualLoop v;
      run(body(victim, turn), v.loop);
    }
  }
}

Coroutine<> cancel_one(const Tasks* tasks, size_t victim, int turn) {
  co_await turns(turn);
  (*tasks)[victim].cancel();
  co_await turns(40);
}

template <class Guarded>
Coroutine<> use_twice(Guarded* guarded) {
  for (int i = 0; i < 2; ++i) {
    const auto held = co_await guarded->scoped();
    co_await turns(1);
  }
}

TEST(Schedules, ALockIsFreeInTheEndWhoeverIsCancelledWhenever) {
  with_every_cancellation(3, [](size_t victim, int turn) -> Coroutine<> {
    Lock lock;
    Tasks tasks;
    for (int i = 0; i < 3; ++i) {
      tasks.push_back(create_task(use_twice(&lock)));
    }
    co_await cancel_one(&tasks, victim, turn);
    for (const Task<void>& task : tasks) {
      EXPECT_TRUE(task.done());
    }
    EXPECT_FALSE(lock.locked());
  });
}

TEST(Schedules, ASemaphoreIsFullInTheEndWhoeverIsCancelledWhenever) {
  with_every_cancellation(5, [](size_t victim, int turn) -> Coroutine<> {
    Semaphore semaphore(2);
    Tasks tasks;
    for (int i = 0; i < 5; ++i) {
      tasks.push_back(create_task(use_twice(&semaphore)));
    }
    co_await cancel_one(&tasks, victim, turn);
    for (const Task<void>& task : tasks) {
      EXPECT_TRUE(task.done());
    }
    co_await semaphore.acquire();
    EXPECT_FALSE(semaphore.locked());
    co_await semaphore.acquire();
    EXPECT_TRUE(semaphore.locked());
  });
}

Coroutine<> wait_once(Condition* condition) {
  const auto held = co_await condition->scoped();
  co_await condition->wait();
}

// Two notifications for three who wait: if the cancelled one did not use his,
// the two others have them.
TEST(Schedules, ANotificationIsUsedWhoeverIsCancelledWhenever) {
  with_every_cancellation(3, [](size_t victim, int turn) -> Coroutine<> {
    Condition condition;
    Tasks tasks;
    for (int i = 0; i < 3; ++i) {
      tasks.push_back(create_task(wait_once(&condition)));
    }
    const auto cancelling = create_task(cancel_one(&tasks, victim, turn));
    co_await turns(3);
    for (int i = 0; i < 2; ++i) {
      const auto held = co_await condition.scoped();
      condition.notify();
      co_await turns(2);
    }
    co_await cancelling;
    int done = 0;
    for (const Task<void>& task : tasks) {
      done += task.done() ? 1 : 0;
    }
    EXPECT_EQ(done, tasks[victim].cancelled() ? 3 : 2);
    EXPECT_FALSE(condition.locked());
    for (const Task<void>& task : tasks) {
      task.cancel();
      co_await task.any().finished();
    }
  });
}

Coroutine<> pass(Barrier* barrier, int* passed) {
  co_await barrier->wait();
  ++*passed;
}

TEST(Schedules, ABarrierWorksOnWhoeverIsCancelledWhenever) {
  with_every_cancellation(4, [](size_t victim, int turn) -> Coroutine<> {
    Barrier barrier(2);
    int passed = 0;
    Tasks tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(create_task(pass(&barrier, &passed)));
    }
    co_await cancel_one(&tasks, victim, turn);
    EXPECT_FALSE(barrier.broken());
    const int waiting = barrier.n_waiting();
    const int before = passed;
    for (int i = 0; i < 2; ++i) {
      tasks.push_back(create_task(pass(&barrier, &passed)));
    }
    co_await turns(20);
    EXPECT_EQ(passed, before + 2);
    EXPECT_EQ(barrier.n_waiting(), waiting);
    for (const Task<void>& task : tasks) {
      task.cancel();
      co_await task.any().finished();
    }
  });
}

Coroutine<> put_some(Queue<int>* queue, int* put, int count, int pause) {
  for (int i = 0; i < count; ++i) {
    co_await queue->put(1);
    ++*put;
    co_await turns(pause);
  }
}

Coroutine<> get_some(Queue<int>* queue, int* got, int count, int pause) {
  for (int i = 0; i < count; ++i) {
    *got += co_await queue->get();
    co_await turns(pause);
  }
}

// Nothing is lost, and nobody waits in the end who need not.
Coroutine<> check_queue(bool getters_wait, size_t victim, int turn) {
  Queue<int> queue(1);
  int put = 0;
  int got = 0;
  Tasks tasks;
  for (int i = 0; i < 3; ++i) {
    tasks.push_back(create_task(getters_wait ? get_some(&queue, &got, 2, 0)
                                             : put_some(&queue, &put, 2, 0)));
  }
  tasks.push_back(create_task(getters_wait ? put_some(&queue, &put, 6, 2)
                                           : get_some(&queue, &got, 6, 2)));
  co_await cancel_one(&tasks, victim, turn);
  EXPECT_EQ(put, got + static_cast<int>(queue.qsize()));
  for (size_t i = 0; i < tasks.size(); ++i) {
    const bool gets = (i < 3) == getters_wait;
    EXPECT_TRUE(tasks[i].done() || (gets ? queue.empty() : queue.full()));
  }
  for (const Task<void>& task : tasks) {
    task.cancel();
    co_await task.any().finished();
  }
}

TEST(Schedules, AQueueLosesNoItemWhoeverIsCancelledWhenever) {
  with_every_cancellation(4, [](size_t victim, int turn) {
    return check_queue(true, victim, turn);
  });
}

TEST(Schedules, AQueueLosesNoPlaceWhoeverIsCancelledWhenever) {
  with_every_cancellation(4, [](size_t victim, int turn) {
    return check_queue(false, victim, turn);
  });
}

}  // namespace
}  // namespace loop::sync
