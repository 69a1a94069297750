"""Futures and their callbacks."""

from asyncio import Future, create_task, sleep

from support import ms, kind, say, child, steps, ticks, attempt


async def future_states(log):
    future = Future()
    attempt(log, future.result)
    attempt(log, future.exception)
    future.set_result(1)
    attempt(log, lambda: future.set_result(2))
    log(future.result(), future.cancel(), future.done())
    cancelled = Future()
    log(cancelled.cancel(), cancelled.cancel(), cancelled.cancelled())
    attempt(log, cancelled.result)
    attempt(log, cancelled.exception)


async def callbacks_run_in_the_next_turn(log):
    future = Future()
    future.add_done_callback(lambda f: log("first", f.result()))
    future.add_done_callback(lambda f: log("second"))
    create_task(ticks(log, 3))
    await sleep(0)
    future.set_result(1)
    log("set")
    await sleep(0)
    future.add_done_callback(lambda f: log("late"))
    log("added")
    await sleep(0)


async def callbacks_and_waiters_share_one_queue(log):
    task = create_task(child(log, "a", 10))
    task.add_done_callback(lambda t: log("before"))

    async def waiter():
        log(await task, "waiter")
    other = create_task(waiter())
    await sleep(0)
    task.add_done_callback(lambda t: log("behind"))
    await other


async def callbacks_can_be_removed(log):
    def callback(future):
        log("callback")
    future = Future()
    future.add_done_callback(callback)
    future.add_done_callback(lambda f: log("stays"))
    future.add_done_callback(callback)
    log(future.remove_done_callback(callback), future.remove_done_callback(callback))
    future.set_result(1)
    await sleep(0)


async def error_in_a_done_callback_is_reported(log):
    def fail(future):
        log("raises")
        raise ValueError()
    future = Future()
    future.add_done_callback(lambda f: log("first"))
    future.add_done_callback(fail)
    future.add_done_callback(lambda f: log("last"))
    future.set_result(1)
    await sleep(0)


async def error_nobody_asks_for_is_reported(log):
    future = Future()
    future.set_exception(ValueError())
    del future
    log("gone")
    asked = Future()
    asked.set_exception(ValueError())
    log(kind(asked.exception()))
    del asked
    log("gone")


async def task_turns_of_its_callbacks(log):
    task = create_task(say(log, "a"))
    task.add_done_callback(lambda t: create_task(ticks(log, 2)))
    create_task(steps(log, "b", 3))
    await task
    log("main")
    await sleep(ms(1))
