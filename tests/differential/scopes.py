"""Time limits and task groups."""

from asyncio import TaskGroup, create_task, current_task, get_running_loop, sleep, timeout

from support import ms, child, boom, stubborn, tidy, bad_clean_up, ticks, caught


async def timeout_expires(log):
    async def body():
        async with timeout(ms(10)) as limit:
            await caught(log, child(log, "a", 5))
            try:
                await child(log, "b", 20)
            finally:
                log(limit.expired())
    await caught(log, body())
    log(current_task().cancelling())


async def timeout_in_time(log):
    async with timeout(ms(20)) as limit:
        await child(log, "a", 10)
    log(limit.expired())
    await child(log, "b", 30)


async def timeout_swallowed(log):
    async with timeout(ms(10)) as limit:
        await stubborn(log, "a", 20)
    log(limit.expired(), current_task().cancelling())


async def timeout_of_another_error(log):
    async def body():
        async with timeout(ms(10)):
            await bad_clean_up(log, "a", 20)
    await caught(log, body())


async def timeout_outer_is_shorter(log):
    async def inner():
        async with timeout(ms(20)):
            await child(log, "a", 50)

    async def outer():
        async with timeout(ms(10)):
            await inner()
    await caught(log, outer())


async def timeout_inner_is_shorter(log):
    async def inner():
        async with timeout(ms(10)):
            await child(log, "a", 50)

    async def outer():
        async with timeout(ms(20)):
            await caught(log, inner())
            await child(log, "b", 50)
    await caught(log, outer())


async def timeout_rescheduled(log):
    async def body():
        async with timeout(ms(10)) as limit:
            limit.reschedule(get_running_loop().time() + ms(30))
            await child(log, "a", 20)
            limit.reschedule(None)
            await child(log, "b", 50)
            limit.reschedule(get_running_loop().time() - 1)
            await child(log, "c", 10)
    await caught(log, body())


async def timeout_cancelled_from_outside(log):
    async def body():
        async with timeout(ms(50)):
            await child(log, "a", 100)
    task = create_task(body())
    await sleep(ms(10))
    task.cancel()
    await caught(log, task)
    log(task.cancelled(), task.cancelling())


async def timeout_that_is_over_already(log):
    async def body():
        async with timeout(0):
            log("body")
            await child(log, "a", 10)
    create_task(ticks(log, 4))
    await caught(log, body())


async def group_waits_for_late_children(log):
    async def late(group):
        await child(log, "a", 10)
        group.create_task(child(log, "late", 30))
    async with TaskGroup() as group:
        group.create_task(late(group))
        group.create_task(child(log, "b", 20))
        log("body")
    log("end")


async def group_without_children(log):
    create_task(ticks(log, 2))
    async with TaskGroup():
        log("body")
    log("end")


async def group_fails_with_a_child(log):
    async def body():
        async with TaskGroup() as group:
            group.create_task(child(log, "a", 50))
            group.create_task(boom(log, "b", 10))
            await child(log, "body", 50)
    await caught(log, body())
    log(current_task().cancelling())


async def group_turns_of_a_failure(log):
    async def body():
        async with TaskGroup() as group:
            group.create_task(boom(log, "a", 0))
            group.create_task(child(log, "b", 50))
            await child(log, "body", 50)
    create_task(ticks(log, 8))
    await caught(log, body())


async def group_fails_with_its_body(log):
    async def body():
        async with TaskGroup() as group:
            group.create_task(tidy(log, "a", 50))
            await boom(log, "body", 10)
    await caught(log, body())


async def group_collects_errors_of_clean_ups(log):
    async def body():
        async with TaskGroup() as group:
            group.create_task(bad_clean_up(log, "a", 50))
            group.create_task(boom(log, "b", 10))
    await caught(log, body())


async def group_ignores_one_cancelled_child(log):
    async with TaskGroup() as group:
        a = group.create_task(child(log, "a", 50))
        group.create_task(child(log, "b", 20))
        await sleep(ms(10))
        a.cancel()
    log("end")


async def group_cancelled_from_outside(log):
    async def body():
        async with TaskGroup() as group:
            group.create_task(tidy(log, "a", 50))
            await child(log, "body", 50)
    task = create_task(body())
    await sleep(ms(10))
    task.cancel()
    await caught(log, task)
    log(task.cancelled())


async def groups_nest(log):
    async def inner():
        async with TaskGroup() as group:
            group.create_task(boom(log, "a", 10))
            await child(log, "inner", 50)

    async def outer():
        async with TaskGroup() as group:
            group.create_task(child(log, "b", 50))
            await inner()
    await caught(log, outer())


async def timeout_around_a_group(log):
    async def body():
        async with timeout(ms(10)):
            async with TaskGroup() as group:
                group.create_task(tidy(log, "a", 50))
                group.create_task(child(log, "b", 5))
    await caught(log, body())
