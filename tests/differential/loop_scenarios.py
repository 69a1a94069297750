"""What asyncio does: small programs that write words into a log.

Each stands in a file beside this one, and a second time, under the same name, in the .cc file of
that name; //tests:differential_loop_test compares the logs. A scenario is any function of (log),
which runs as asyncio.run() would run it, or of (log, loop), which drives the loop itself.

Time is virtual in both: the selector does not wait but moves the clock, so that no order depends
on how busy the machine is. The scenarios avoid what 3.11 leaves open: the order of sets, of more
than two equal deadlines, and when garbage is collected.
"""

import asyncio
import gc
import inspect
import selectors

import callbacks
import futures
import generators
import scopes
import several
import sync
import tasks
from support import kind


class VirtualSelector(selectors.DefaultSelector):
    """Moves its clock where others wait for a time."""

    now = 0.0

    def select(self, timeout=None):
        events = super().select(None if timeout is None else 0)
        if not events and timeout:
            self.now += timeout
        return events


def virtual_loop():
    selector = VirtualSelector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    return loop


def words_of(scenario):
    words = []

    def log(*new):
        words.extend(str(word) for word in new)

    def new_loop():
        loop = virtual_loop()
        loop.set_exception_handler(
            lambda loop, context: log("report:" + kind(context.get("exception"))))
        return loop
    if inspect.iscoroutinefunction(scenario):
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(scenario(log))
    else:
        loop = new_loop()
        scenario(log, loop)
        loop.close()
    gc.collect()
    return words


if __name__ == "__main__":
    for file in [tasks, futures, several, scopes, sync, callbacks, generators]:
        for name, scenario in inspect.getmembers(file, inspect.isfunction):
            if list(inspect.signature(scenario).parameters) in [["log"], ["log", "loop"]]:
                print(name + ":", *words_of(scenario))
