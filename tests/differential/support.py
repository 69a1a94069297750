"""What the scenarios share; the same in C++ is scenario.h."""

from asyncio import CancelledError, sleep


def ms(count):
    return count / 1000


def kind(error):
    name = type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        return name + "(" + ",".join(kind(each) for each in error.exceptions) + ")"
    return name


async def say(log, word):
    log(word)
    return word


async def child(log, name, after):
    try:
        await sleep(ms(after))
    except CancelledError:
        log(name + ".cancelled")
        raise
    log(name)
    return name


async def boom(log, name, after):
    await sleep(ms(after))
    log(name + ".raises")
    raise ValueError(name)


async def stubborn(log, name, after):
    """Answers its cancellation with a result."""
    try:
        await sleep(ms(after))
    except CancelledError:
        log(name + ".swallows")
    return name


async def tidy(log, name, after):
    """Takes its time to clean up."""
    try:
        await sleep(ms(after))
    finally:
        log(name + ".cleans")
        await sleep(ms(7))
        log(name + ".clean")


async def bad_clean_up(log, name, after):
    try:
        await sleep(ms(after))
    finally:
        log(name + ".cleans")
        raise ValueError(name)


async def steps(log, name, count):
    for i in range(count):
        log(f"{name}{i}")
        await sleep(0)


async def ticks(log, count):
    """Shows in which turn the others write."""
    for _ in range(count):
        log("|")
        await sleep(0)


async def caught(log, awaitable):
    try:
        log(await awaitable)
    except BaseException as error:
        log(kind(error))


def attempt(log, function):
    try:
        log(function())
    except BaseException as error:
        log(kind(error))
