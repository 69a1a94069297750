"""Waiting for several things, and for one in several ways."""

from asyncio import (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Future, as_completed,
                     create_task, gather, shield, sleep, wait, wait_for)

from support import ms, kind, say, child, boom, stubborn, tidy, bad_clean_up, ticks, caught


async def gather_in_order_of_arguments(log):
    log(*await gather(child(log, "a", 30), child(log, "b", 10), child(log, "c", 20)))


async def gather_takes_a_turn(log):
    done = Future()
    done.set_result(1)
    create_task(ticks(log, 4))
    both = gather(done, done)
    log(both.done())
    log(*await both)
    log(*await gather(*[]), "nothing")


async def gather_ends_with_the_first_error(log):
    await caught(log, gather(child(log, "a", 30), boom(log, "b", 10), boom(log, "c", 20)))
    await sleep(ms(40))


async def gather_turns_of_an_error(log):
    create_task(ticks(log, 6))
    await caught(log, gather(boom(log, "a", 0), say(log, "b")))
    log("main")


async def gather_keeps_errors(log):
    results = await gather(child(log, "a", 30), boom(log, "b", 10), return_exceptions=True)
    log(results[0], kind(results[1]))


async def gather_cancelled(log):
    async def both():
        await gather(child(log, "a", 10), child(log, "b", 20))
    task = create_task(both())
    await sleep(ms(1))
    create_task(ticks(log, 5))
    task.cancel()
    await caught(log, task)
    log(task.cancelled())


async def gather_cancelled_waits_for_clean_ups(log):
    async def both():
        await gather(tidy(log, "a", 50), child(log, "b", 20))
    task = create_task(both())
    await sleep(ms(1))
    task.cancel()
    await caught(log, task)


async def gather_of_a_cancelled_child(log):
    a = create_task(child(log, "a", 10))
    b = create_task(child(log, "b", 20))
    both = gather(a, b)
    await sleep(0)
    a.cancel()
    await caught(log, both)
    log(both.cancelled(), await b)


async def gather_keeps_a_cancellation(log):
    a = create_task(child(log, "a", 10))
    both = gather(a, child(log, "b", 20), return_exceptions=True)
    await sleep(0)
    a.cancel()
    results = await both
    log(kind(results[0]), results[1])


async def wait_for_the_first(log):
    tasks = [create_task(child(log, "a", 20)), create_task(child(log, "b", 10))]
    done, pending = await wait(tasks, return_when=FIRST_COMPLETED)
    log(len(done), len(pending), tasks[1] in done)
    await wait(tasks, return_when=ALL_COMPLETED)


async def wait_for_the_first_error(log):
    tasks = [create_task(child(log, "a", 10)), create_task(boom(log, "b", 20)),
             create_task(child(log, "c", 30))]
    done, pending = await wait(tasks, return_when=FIRST_EXCEPTION)
    log(len(done), len(pending), kind(tasks[1].exception()))
    await tasks[2]


async def wait_for_all_raises_nothing(log):
    tasks = [create_task(child(log, "a", 10)), create_task(boom(log, "b", 5))]
    create_task(ticks(log, 2))
    done, pending = await wait(tasks)
    log(len(done), len(pending), kind(tasks[1].exception()))


async def wait_takes_a_turn(log):
    tasks = [create_task(say(log, "a")), create_task(say(log, "b"))]
    create_task(ticks(log, 5))
    await wait(tasks, return_when=FIRST_COMPLETED)
    log("main")
    await wait(tasks)
    log("at once")


async def wait_with_a_limit(log):
    tasks = [create_task(child(log, "a", 10)), create_task(child(log, "b", 30))]
    done, pending = await wait(tasks, timeout=ms(20))
    log(len(done), len(pending), await tasks[1])


async def wait_cancelled_cancels_nobody(log):
    inner = create_task(child(log, "inner", 20))

    async def waiter():
        await wait([inner])
    task = create_task(waiter())
    await sleep(ms(1))
    task.cancel()
    await caught(log, task)
    log(await inner)


async def wait_for_in_time(log):
    create_task(ticks(log, 4))
    await caught(log, wait_for(say(log, "a"), ms(50)))
    await caught(log, wait_for(boom(log, "b", 10), ms(50)))
    await caught(log, wait_for(say(log, "c"), None))


async def wait_for_too_late(log):
    create_task(child(log, "watch", 10))
    await caught(log, wait_for(child(log, "a", 30), ms(20)))
    await caught(log, wait_for(tidy(log, "b", 30), ms(20)))


async def wait_for_no_time_at_all(log):
    done = Future()
    done.set_result("done")
    await caught(log, wait_for(done, 0))
    await caught(log, wait_for(Future(), 0))
    await caught(log, wait_for(create_task(child(log, "a", 10)), -1))


async def wait_for_what_the_inner_answers(log):
    await caught(log, wait_for(stubborn(log, "a", 30), ms(10)))
    await caught(log, wait_for(bad_clean_up(log, "b", 30), ms(10)))


async def wait_for_cancelled(log):
    task = create_task(wait_for(tidy(log, "a", 50), ms(100)))
    await sleep(ms(1))
    create_task(ticks(log, 3))
    task.cancel()
    await caught(log, task)
    log(task.cancelled())


async def as_completed_in_order_of_ends(log):
    for each in as_completed([child(log, "a", 30), boom(log, "b", 20), child(log, "c", 10)]):
        await caught(log, each)


async def as_completed_with_a_limit(log):
    tasks = [create_task(child(log, "a", 10)), create_task(child(log, "b", 40))]
    for each in as_completed(tasks, timeout=ms(20)):
        await caught(log, each)
    log(await tasks[1])


async def shield_keeps_a_cancellation_off(log):
    inner = create_task(child(log, "inner", 20))

    async def waiter():
        await shield(inner)
    outer = create_task(waiter())
    await sleep(ms(1))
    outer.cancel()
    await caught(log, outer)
    log(inner.done())
    log(await inner)


async def shield_passes_on_what_comes_from_inside(log):
    inner = create_task(child(log, "inner", 20))
    create_task(ticks(log, 5))
    shielded = shield(inner)
    await sleep(0)
    inner.cancel()
    await caught(log, shielded)
    await caught(log, shield(boom(log, "b", 10)))
    await caught(log, wait_for(shield(child(log, "c", 30)), ms(10)))
    await sleep(ms(30))
