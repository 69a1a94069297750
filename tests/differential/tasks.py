"""When tasks run, and how they are cancelled."""

from asyncio import Future, create_task, current_task, gather, get_running_loop, sleep, wait

from support import ms, kind, say, child, boom, stubborn, tidy, bad_clean_up, steps, ticks, caught


async def create_task_runs_nothing_yet(log):
    task = create_task(say(log, "task"))
    log("created")
    await sleep(0)
    log("main", task.done())
    log(await task)


async def direct_await_stays_in_its_turn(log):
    create_task(say(log, "task"))
    await say(log, "direct")
    log("after")
    await sleep(0)
    log("end")


async def done_future_does_not_suspend(log):
    done = Future()
    done.set_result(1)
    get_running_loop().call_soon(log, "callback")
    log(await done, "main")
    await sleep(0)


async def round_robin(log):
    await gather(steps(log, "a", 3), steps(log, "b", 2), steps(log, "c", 4))


async def zero_and_negative_sleeps(log):
    names = [("d", 20), ("c", 10), ("b", -1), ("a", 0)]
    await gather(*[child(log, name, after) for name, after in names])


async def sleepers_wake_by_deadline(log):
    await gather(child(log, "c", 30), child(log, "a", 10), child(log, "b", 20))


async def sleeper_goes_on_a_turn_after_its_timer(log):
    loop = get_running_loop()

    def timer():
        log("timer")
        loop.call_soon(log, "soon")
    create_task(child(log, "sleeper", 10))
    await sleep(0)
    loop.call_later(ms(10), timer)
    await sleep(ms(20))


async def tasks_await_tasks(log):
    async def relay(inner, name):
        log(await inner, name)
        return name
    a = create_task(child(log, "a", 10))
    c = create_task(relay(create_task(relay(a, "b")), "c"))
    create_task(ticks(log, 3))
    log(await c)


async def task_turns_after_a_result(log):
    a = create_task(say(log, "a"))
    create_task(ticks(log, 5))
    await a
    log("main")
    await create_task(say(log, "b"))
    log("main")


async def failed_task_fails_every_await(log):
    task = create_task(boom(log, "a", 10))
    await caught(log, task)
    await caught(log, task)
    log(kind(task.exception()))


async def waiters_resume_in_order(log):
    future = Future()

    async def waiter(name):
        log(name, await future)
    for name in ["a", "b", "c"]:
        create_task(waiter(name))
    await sleep(0)
    future.set_result(7)
    log("set")
    await sleep(ms(1))


async def cancel_before_start(log):
    task = create_task(child(log, "a", 10))
    log(task.cancel(), task.done())
    await caught(log, task)
    log(task.cancelled())


async def cancel_in_sleep(log):
    task = create_task(child(log, "a", 10))
    await sleep(0)
    create_task(ticks(log, 4))
    log(task.cancel(), task.done())
    await caught(log, task)
    log(task.cancelled(), task.cancel())


async def cancel_in_await_of_a_task(log):
    inner = create_task(child(log, "inner", 10))

    async def waiter():
        try:
            await inner
        finally:
            log("outer")
    outer = create_task(waiter())
    await sleep(0)
    create_task(ticks(log, 5))
    await sleep(0)
    outer.cancel()
    await caught(log, outer)
    log(inner.cancelled(), outer.cancelled())


async def cancel_travels_through_coroutines(log):
    async def outer():
        try:
            await child(log, "inner", 10)
        finally:
            log("outer")
    task = create_task(outer())
    await sleep(0)
    task.cancel()
    await caught(log, task)


async def cancel_swallowed(log):
    task = create_task(stubborn(log, "a", 10))
    await sleep(0)
    task.cancel()
    log(await task, task.cancelled(), task.cancelling())


async def cancel_twice_is_delivered_once(log):
    task = create_task(stubborn(log, "a", 10))
    await sleep(0)
    log(task.cancel(), task.cancel(), task.cancelling())
    await caught(log, task)


async def cancel_interrupts_a_clean_up(log):
    task = create_task(tidy(log, "a", 20))
    await sleep(0)
    task.cancel()
    await sleep(ms(1))
    task.cancel()
    await caught(log, task)
    log(task.cancelling())


async def uncancel_counts(log):
    task = create_task(child(log, "a", 10))
    await sleep(0)
    task.cancel()
    task.cancel()
    log(task.uncancel(), task.uncancel(), task.uncancel())
    await caught(log, task)


async def error_replaces_a_cancellation(log):
    task = create_task(bad_clean_up(log, "a", 20))
    await sleep(0)
    task.cancel()
    await caught(log, task)
    log(task.cancelled())


async def inner_swallows_the_outer_cancellation(log):
    inner = create_task(stubborn(log, "inner", 10))
    outer = create_task(caught(log, inner))
    await sleep(ms(1))
    outer.cancel()
    await outer
    log(outer.cancelled(), outer.cancelling())


async def cancelled_future_cancels_who_waits(log):
    future = Future()

    async def waiter():
        await future
    tasks = [create_task(waiter()), create_task(caught(log, future))]
    await sleep(0)
    log(future.cancel())
    await wait(tasks)
    log(tasks[0].cancelled(), tasks[1].cancelled())


async def cancel_comes_after_the_result(log):
    future = Future()

    async def waiter():
        log(await future)
    task = create_task(waiter())
    await sleep(0)
    future.set_result("result")
    log(task.cancel())
    await caught(log, task)


async def task_cancels_itself(log):
    async def suicide():
        log(current_task().cancel())
        log("goes on")
        await sleep(0)
        log("never")
    await caught(log, create_task(suicide()))


async def task_cancels_itself_in_its_last_turn(log):
    async def last_words():
        log(current_task().cancel())
    task = create_task(last_words())
    await caught(log, task)
    log(task.cancelled())
