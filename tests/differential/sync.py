"""Locks, events, conditions, semaphores, barriers, queues."""

from asyncio import (Barrier, BoundedSemaphore, Condition, Event, LifoQueue, Lock, PriorityQueue,
                     Queue, Semaphore, create_task, gather, sleep, wait)

from support import ms, ticks, caught, attempt


async def hold(log, lock, name, turns):
    async with lock:
        log(name + "+")
        for _ in range(turns):
            await sleep(0)
        log(name + "-")


async def lock_first_come_first_served(log):
    lock = Lock()
    create_task(ticks(log, 8))
    await gather(*[hold(log, lock, name, 1) for name in "abc"])
    log(lock.locked())


async def lock_newcomer_goes_to_the_end(log):
    lock = Lock()
    await lock.acquire()
    waiter = create_task(hold(log, lock, "waiter", 1))
    await sleep(0)
    lock.release()
    log(lock.locked())
    await hold(log, lock, "newcomer", 1)
    await waiter


async def lock_cancelled_waiters(log):
    lock = Lock()
    await lock.acquire()
    a, b, c = [create_task(hold(log, lock, name, 1)) for name in "abc"]
    await sleep(0)
    a.cancel()
    await caught(log, a)
    lock.release()
    b.cancel()
    await caught(log, b)
    await c
    attempt(log, lock.release)


async def event_set_and_cleared(log):
    event = Event()

    async def waiter(name):
        await event.wait()
        log(name, event.is_set())
    create_task(ticks(log, 4))
    a, b, c = [create_task(waiter(name)) for name in "abc"]
    await sleep(0)
    b.cancel()
    event.set()
    event.clear()
    log("set")
    await wait([a, b, c])
    event.set()
    await waiter("d")


async def condition_wait_and_notify(log):
    condition = Condition()

    async def waiter(name):
        async with condition:
            await condition.wait()
            log(name, condition.locked())
            await sleep(0)
    create_task(ticks(log, 12))
    tasks = [create_task(waiter(name)) for name in "abcd"]
    await sleep(0)
    async with condition:
        condition.notify(2)
        log("notified")
        await sleep(0)
        log("still held")
    await wait(tasks[:2])
    async with condition:
        condition.notify_all()
    await wait(tasks)
    attempt(log, condition.notify)


async def condition_wait_for_a_value(log):
    condition = Condition()
    items = []

    async def consumer():
        async with condition:
            log(await condition.wait_for(lambda: len(items)))
            log(await condition.wait_for(lambda: 7))
    task = create_task(consumer())
    for item in "ab":
        await sleep(ms(1))
        async with condition:
            if item == "b":
                items.append(item)
            condition.notify()
            log("put", len(items))
    await task


async def condition_cancelled_waiter_has_the_lock(log):
    condition = Condition()

    async def waiter():
        async with condition:
            try:
                await condition.wait()
            finally:
                log("waiter", condition.locked())
    task = create_task(waiter())
    await sleep(0)
    async with condition:
        task.cancel()
        await sleep(0)
        await sleep(0)
        log("released")
    await caught(log, task)
    log(condition.locked())


async def semaphore_lets_two_in(log):
    semaphore = Semaphore(2)
    create_task(ticks(log, 8))
    tasks = [create_task(hold(log, semaphore, name, 2)) for name in "abcd"]
    await sleep(0)
    log(semaphore.locked())
    await wait(tasks)
    log(semaphore.locked())


async def semaphore_cancelled_waiters(log):
    semaphore = Semaphore(1)
    await semaphore.acquire()
    a, b, c = [create_task(hold(log, semaphore, name, 1)) for name in "abc"]
    await sleep(0)
    a.cancel()
    semaphore.release()
    b.cancel()
    await wait([a, b, c])
    log(a.cancelled(), b.cancelled(), semaphore.locked())
    bounded = BoundedSemaphore(1)
    attempt(log, bounded.release)


async def barrier_two_rounds(log):
    barrier = Barrier(3)

    async def party(name, turns):
        for _ in range(2):
            for _ in range(turns):
                await sleep(0)
            log(name, await barrier.wait())
    create_task(ticks(log, 14))
    await gather(party("a", 3), party("b", 1), party("c", 2))
    log(barrier.n_waiting, barrier.broken)


async def barrier_aborted_and_reset(log):
    barrier = Barrier(3)
    a = create_task(caught(log, barrier.wait()))
    b = create_task(caught(log, barrier.wait()))
    await sleep(ms(1))
    log(barrier.n_waiting)
    await barrier.abort()
    await wait([a, b])
    await caught(log, barrier.wait())
    log(barrier.broken)
    await barrier.reset()
    c = create_task(caught(log, barrier.wait()))
    await sleep(ms(1))
    await barrier.reset()
    await c
    log(barrier.broken, barrier.n_waiting)


async def take(log, queue, name):
    log(name, await queue.get())


async def queue_getters_wait_in_order(log):
    queue = Queue()
    create_task(ticks(log, 5))
    tasks = [create_task(take(log, queue, name)) for name in "abc"]
    await sleep(0)
    for i in range(3):
        queue.put_nowait(i)
    log("put", queue.qsize())
    await wait(tasks)


async def queue_putters_wait_in_order(log):
    queue = Queue(1)

    async def putter(item):
        await queue.put(item)
        log(f"put{item}")
    create_task(ticks(log, 10))
    tasks = [create_task(putter(i)) for i in range(4)]
    await sleep(0)
    for _ in range(4):
        log(await queue.get())
        await sleep(0)
    await wait(tasks)


async def queue_refuses(log):
    queue = Queue(1)
    attempt(log, queue.get_nowait)
    queue.put_nowait(1)
    attempt(log, lambda: queue.put_nowait(2))
    log(queue.full(), queue.get_nowait(), queue.empty())
    queue.task_done()
    attempt(log, queue.task_done)


async def queue_cancelled_getters_lose_nothing(log):
    queue = Queue()
    a, b, c = [create_task(take(log, queue, name)) for name in "abc"]
    await sleep(0)
    a.cancel()
    queue.put_nowait("item")
    b.cancel()
    await sleep(ms(1))
    log(a.cancelled(), b.cancelled(), c.done(), queue.qsize())


async def queue_joined_when_all_is_done(log):
    queue = Queue()

    async def worker():
        while True:
            log(await queue.get())
            await sleep(0)
            queue.task_done()
    task = create_task(worker())
    for i in range(3):
        queue.put_nowait(i)
    create_task(ticks(log, 6))
    await queue.join()
    log("joined")
    task.cancel()
    await caught(log, task)


async def queue_orders(log):
    for queue in [Queue(), LifoQueue(), PriorityQueue()]:
        for i in [3, 1, 2]:
            queue.put_nowait(i)
        log(await queue.get(), await queue.get(), await queue.get())
