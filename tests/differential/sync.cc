// Locks, events, conditions, semaphores, barriers, queues; see sync.py.
#include <string>
#include <utility>
#include <vector>

#include "loop/coroutine.h"
#include "loop/gather.h"
#include "loop/sleep.h"
#include "loop/sync/barrier.h"
#include "loop/sync/condition.h"
#include "loop/sync/event.h"
#include "loop/sync/lock.h"
#include "loop/sync/queue.h"
#include "loop/sync/semaphore.h"
#include "loop/task.h"
#include "loop/wait.h"
#include "tests/differential/scenario.h"

namespace tests {
namespace {

using loop::Coroutine;
using loop::create_task;
using loop::gather;
using loop::sleep;
using loop::wait;
using loop::sync::Barrier;
using loop::sync::BoundedSemaphore;
using loop::sync::Condition;
using loop::sync::Event;
using loop::sync::LifoQueue;
using loop::sync::Lock;
using loop::sync::PriorityQueue;
using loop::sync::Queue;
using loop::sync::Semaphore;

template <class Exclusion>
Coroutine<> hold(Log log, Exclusion* lock, std::string name, int turns) {
  const auto held = co_await lock->scoped();
  log(name + "+");
  for (int i = 0; i < turns; ++i) {
    co_await sleep(ms(0));
  }
  log(name + "-");
}

SCENARIO(lock_first_come_first_served) {
  Lock lock;
  create_task(ticks(log, 8));
  co_await gather(
      each("abc", [&](auto name) { return hold(log, &lock, name, 1); }));
  log(lock.locked());
}

SCENARIO(lock_newcomer_goes_to_the_end) {
  Lock lock;
  co_await lock.acquire();
  const auto waiter = create_task(hold(log, &lock, "waiter", 1));
  co_await sleep(ms(0));
  lock.release();
  log(lock.locked());
  co_await hold(log, &lock, "newcomer", 1);
  co_await waiter;
}

SCENARIO(lock_cancelled_waiters) {
  Lock lock;
  co_await lock.acquire();
  const auto tasks = each(
      "abc", [&](auto name) { return create_task(hold(log, &lock, name, 1)); });
  co_await sleep(ms(0));
  tasks[0].cancel();
  co_await caught(log, tasks[0]);
  lock.release();
  tasks[1].cancel();
  co_await caught(log, tasks[1]);
  co_await tasks[2];
  attempt(log, [&] { lock.release(); });
}

Coroutine<> wait_for_event(Log log, Event* event, std::string name) {
  co_await event->wait();
  log(name, event->is_set());
}

SCENARIO(event_set_and_cleared) {
  Event event;
  create_task(ticks(log, 4));
  const auto tasks = each("abc", [&](auto name) {
    return create_task(wait_for_event(log, &event, name));
  });
  co_await sleep(ms(0));
  tasks[1].cancel();
  event.set();
  event.clear();
  log("set");
  co_await wait(tasks);
  event.set();
  co_await wait_for_event(log, &event, "d");
}

Coroutine<> wait_for_notice(Log log, Condition* condition, std::string name) {
  const auto held = co_await condition->scoped();
  co_await condition->wait();
  log(name, condition->locked());
  co_await sleep(ms(0));
}

SCENARIO(condition_wait_and_notify) {
  Condition condition;
  create_task(ticks(log, 12));
  const auto tasks = each("abcd", [&](auto name) {
    return create_task(wait_for_notice(log, &condition, name));
  });
  co_await sleep(ms(0));
  {
    const auto held = co_await condition.scoped();
    condition.notify(2);
    log("notified");
    co_await sleep(ms(0));
    log("still held");
  }
  co_await wait(list(tasks[0], tasks[1]));
  {
    const auto held = co_await condition.scoped();
    condition.notify_all();
  }
  co_await wait(tasks);
  attempt(log, [&] { condition.notify(); });
}

Coroutine<> consume(Log log, Condition* condition, const std::string* items) {
  const auto held = co_await condition->scoped();
  log(co_await condition->wait_for([items] { return items->size(); }));
  log(co_await condition->wait_for([] { return 7; }));
}

SCENARIO(condition_wait_for_a_value) {
  Condition condition;
  std::string items;
  const auto task = create_task(consume(log, &condition, &items));
  for (const char item : {'a', 'b'}) {
    co_await sleep(ms(1));
    const auto held = co_await condition.scoped();
    if (item == 'b') {
      items += item;
    }
    condition.notify();
    log("put", items.size());
  }
  co_await task;
}

Coroutine<> wait_and_say_who_holds(Log log, Condition* condition) {
  const auto held = co_await condition->scoped();
  const Finally say_it([&] { log("waiter", condition->locked()); });
  co_await condition->wait();
}

SCENARIO(condition_cancelled_waiter_has_the_lock) {
  Condition condition;
  const auto task = create_task(wait_and_say_who_holds(log, &condition));
  co_await sleep(ms(0));
  {
    const auto held = co_await condition.scoped();
    task.cancel();
    co_await sleep(ms(0));
    co_await sleep(ms(0));
    log("released");
  }
  co_await caught(log, task);
  log(condition.locked());
}

SCENARIO(semaphore_lets_two_in) {
  Semaphore semaphore(2);
  create_task(ticks(log, 8));
  const auto tasks = each("abcd", [&](auto name) {
    return create_task(hold(log, &semaphore, name, 2));
  });
  co_await sleep(ms(0));
  log(semaphore.locked());
  co_await wait(tasks);
  log(semaphore.locked());
}

SCENARIO(semaphore_cancelled_waiters) {
  Semaphore semaphore(1);
  co_await semaphore.acquire();
  const auto tasks = each("abc", [&](auto name) {
    return create_task(hold(log, &semaphore, name, 1));
  });
  co_await sleep(ms(0));
  tasks[0].cancel();
  semaphore.release();
  tasks[1].cancel();
  co_await wait(tasks);
  log(tasks[0].cancelled(), tasks[1].cancelled(), semaphore.locked());
  BoundedSemaphore bounded(1);
  attempt(log, [&] { bounded.release(); });
}

Coroutine<> party(Log log, Barrier* barrier, std::string name, int turns) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < turns; ++i) {
      co_await sleep(ms(0));
    }
    const int index = co_await barrier->wait();
    log(name, index);
  }
}

SCENARIO(barrier_two_rounds) {
  Barrier barrier(3);
  create_task(ticks(log, 14));
  co_await gather(party(log, &barrier, "a", 3), party(log, &barrier, "b", 1),
                  party(log, &barrier, "c", 2));
  log(barrier.n_waiting(), barrier.broken());
}

SCENARIO(barrier_aborted_and_reset) {
  Barrier barrier(3);
  const auto tasks = each(
      "ab", [&](auto) { return create_task(caught(log, barrier.wait())); });
  co_await sleep(ms(1));
  log(barrier.n_waiting());
  co_await barrier.abort();
  co_await wait(tasks);
  co_await caught(log, barrier.wait());
  log(barrier.broken());
  co_await barrier.reset();
  const auto c = create_task(caught(log, barrier.wait()));
  co_await sleep(ms(1));
  co_await barrier.reset();
  co_await c;
  log(barrier.broken(), barrier.n_waiting());
}

template <class T>
Coroutine<> take(Log log, Queue<T>* queue, std::string name) {
  const T item = co_await queue->get();
  log(name, item);
}

SCENARIO(queue_getters_wait_in_order) {
  Queue<int> queue;
  create_task(ticks(log, 5));
  const auto tasks = each(
      "abc", [&](auto name) { return create_task(take(log, &queue, name)); });
  co_await sleep(ms(0));
  for (int i = 0; i < 3; ++i) {
    queue.put_nowait(i);
  }
  log("put", queue.qsize());
  co_await wait(tasks);
}

Coroutine<> bring(Log log, Queue<int>* queue, int item) {
  co_await queue->put(item);
  log("put" + std::to_string(item));
}

SCENARIO(queue_putters_wait_in_order) {
  Queue<int> queue(1);
  create_task(ticks(log, 10));
  const auto tasks = each("0123", [&](auto name) {
    return create_task(bring(log, &queue, std::stoi(name)));
  });
  co_await sleep(ms(0));
  for (int i = 0; i < 4; ++i) {
    log(co_await queue.get());
    co_await sleep(ms(0));
  }
  co_await wait(tasks);
}

SCENARIO(queue_refuses) {
  Queue<int> queue(1);
  attempt(log, [&] { return queue.get_nowait(); });
  queue.put_nowait(1);
  attempt(log, [&] { queue.put_nowait(2); });
  log(queue.full());
  log(queue.get_nowait());
  log(queue.empty());
  queue.task_done();
  attempt(log, [&] { queue.task_done(); });
  co_return;
}

SCENARIO(queue_cancelled_getters_lose_nothing) {
  Queue<std::string> queue;
  const auto tasks = each(
      "abc", [&](auto name) { return create_task(take(log, &queue, name)); });
  co_await sleep(ms(0));
  tasks[0].cancel();
  queue.put_nowait("item");
  tasks[1].cancel();
  co_await sleep(ms(1));
  log(tasks[0].cancelled(), tasks[1].cancelled(), tasks[2].done(),
      queue.qsize());
}

Coroutine<> work(Log log, Queue<int>* queue) {
  for (;;) {
    log(co_await queue->get());
    co_await sleep(ms(0));
    queue->task_done();
  }
}

SCENARIO(queue_joined_when_all_is_done) {
  Queue<int> queue;
  const auto task = create_task(work(log, &queue));
  for (int i = 0; i < 3; ++i) {
    queue.put_nowait(i);
  }
  create_task(ticks(log, 6));
  co_await queue.join();
  log("joined");
  task.cancel();
  co_await caught(log, task);
}

template <class AQueue>
Coroutine<> three_through(Log log, AQueue* queue) {
  for (const int i : {3, 1, 2}) {
    queue->put_nowait(i);
  }
  for (int i = 0; i < 3; ++i) {
    log(co_await queue->get());
  }
}

SCENARIO(queue_orders) {
  Queue<int> queue;
  LifoQueue<int> lifo;
  PriorityQueue<int> priority;
  co_await three_through(log, &queue);
  co_await three_through(log, &lifo);
  co_await three_through(log, &priority);
}

}  // namespace
}  // namespace tests
