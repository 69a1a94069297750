"""The loop itself: callbacks, timers, descriptors, threads, signals."""

import asyncio
import os
import signal
import socket
import threading
from asyncio import Event, Future, Semaphore, create_task, get_running_loop, sleep

from support import ms, say, child, boom, tidy, bad_clean_up, ticks, caught, attempt


async def call_soon_nested(log):
    loop = get_running_loop()

    def outer(name):
        log(name)
        loop.call_soon(log, name + ".inner")
    loop.call_soon(outer, "a")
    loop.call_soon(outer, "b")
    create_task(ticks(log, 3))
    await sleep(ms(1))


async def timers_by_deadline(log):
    loop = get_running_loop()
    loop.call_later(ms(30), log, "c")
    loop.call_at(loop.time() + ms(10), log, "a")
    loop.call_later(ms(20), log, "b")
    await sleep(ms(40))


async def timers_that_are_due_already(log):
    loop = get_running_loop()
    loop.call_later(-1, log, "past")
    loop.call_later(0, log, "now")
    loop.call_soon(log, "soon")
    create_task(ticks(log, 3))
    await sleep(ms(1))


async def handles_can_be_cancelled(log):
    loop = get_running_loop()
    soon = loop.call_soon(log, "never")
    later = loop.call_later(ms(10), log, "never")
    ran = loop.call_soon(log, "runs")
    loop.call_soon(later.cancel)
    soon.cancel()
    await sleep(ms(20))
    ran.cancel()
    log(soon.cancelled(), later.cancelled())


async def callback_that_fails_is_reported(log):
    def fail():
        log("raises")
        raise ValueError()
    loop = get_running_loop()
    loop.call_soon(fail)
    loop.call_soon(log, "next")
    loop.call_later(ms(1), fail)
    await sleep(ms(2))


def stop_ends_the_turn(log, loop):
    loop.call_soon(log, "a")
    loop.call_soon(loop.stop)
    loop.call_soon(log, "b")
    loop.call_soon(loop.call_soon, log, "next")
    loop.run_forever()
    log("stopped")
    loop.stop()
    loop.run_forever()
    log("one turn")


def stopped_before_its_end(log, loop):
    task = loop.create_task(child(log, "a", 10))
    loop.call_soon(loop.stop)
    attempt(log, lambda: loop.run_until_complete(task))
    attempt(log, lambda: loop.run_until_complete(task))
    attempt(log, lambda: loop.run_until_complete(boom(log, "b", 1)))


def closed_loop_refuses(log, loop):
    loop.close()
    loop.close()
    attempt(log, lambda: loop.call_soon(log, "never"))
    attempt(log, lambda: loop.call_later(1, log, "never"))
    attempt(log, loop.run_forever)
    log(loop.is_closed())


async def running_loop_cannot_be_run(log):
    loop = get_running_loop()
    attempt(log, loop.run_forever)
    attempt(log, loop.close)
    log(loop.is_running())


async def run_cancels_what_is_left(log):
    create_task(tidy(log, "a", 1000))
    await sleep(ms(1))
    log("main ends")


async def run_reports_errors_of_what_is_left(log):
    create_task(bad_clean_up(log, "a", 1000))
    await sleep(ms(1))
    log("main ends")


async def reader_as_long_as_there_is_something(log):
    loop = get_running_loop()
    here, there = socket.socketpair()
    loop.add_reader(here, lambda: log(here.recv(1).decode()))
    there.send(b"abc")
    create_task(ticks(log, 5))
    for _ in range(5):
        await sleep(0)
    log(loop.remove_reader(here), loop.remove_reader(here))
    here.close()
    there.close()


async def reader_before_writer(log):
    loop = get_running_loop()
    here, there = socket.socketpair()
    there.send(b"a")
    loop.add_writer(here, log, "writer")
    loop.add_reader(here, log, "replaced")
    loop.add_reader(here, log, "reader")
    loop.call_soon(log, "soon")
    loop.call_later(0, log, "timer")
    await sleep(0)
    await sleep(0)
    log(loop.remove_reader(here))
    await sleep(0)
    await sleep(0)
    log(loop.remove_writer(here))
    here.close()
    there.close()


async def end_of_file_is_readable(log):
    here, there = socket.socketpair()
    read = Future()
    get_running_loop().add_reader(here, lambda: read.done() or read.set_result(len(here.recv(1))))
    there.close()
    log(await read)
    get_running_loop().remove_reader(here)
    here.close()


async def threadsafe_calls_in_its_own_thread(log):
    loop = get_running_loop()
    loop.call_soon(log, "a")
    loop.call_soon_threadsafe(log, "b")
    loop.call_soon(log, "c")
    await sleep(0)


async def threadsafe_calls_of_another_thread(log):
    loop = get_running_loop()
    done = Event()

    def other():
        for i in range(3):
            loop.call_soon_threadsafe(log, i)
        loop.call_soon_threadsafe(done.set)
    thread = threading.Thread(target=other)
    thread.start()
    await done.wait()
    thread.join()
    log("main")


async def jobs_in_another_thread(log):
    def job(text):
        return text + "!"

    def fail():
        raise ValueError()
    loop = get_running_loop()
    main = threading.get_ident()
    log(await loop.run_in_executor(None, lambda: threading.get_ident() == main))
    await caught(log, loop.run_in_executor(None, job, "a"))
    await caught(log, loop.run_in_executor(None, fail))
    await caught(log, asyncio.to_thread(job, "b"))
    await caught(log, asyncio.wrap_future(asyncio.run_coroutine_threadsafe(say(log, "c"), loop)))


async def signals_are_callbacks(log):
    loop = get_running_loop()
    both = Semaphore(0)

    def handler(name):
        log(name)
        both.release()
    loop.add_signal_handler(signal.SIGUSR1, handler, "replaced")
    loop.add_signal_handler(signal.SIGUSR1, handler, "usr1")
    loop.add_signal_handler(signal.SIGUSR2, handler, "usr2")
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR2)
    log("killed")
    await both.acquire()
    await both.acquire()
    log(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))
    attempt(log, lambda: loop.add_signal_handler(signal.SIGKILL, handler, "never"))
