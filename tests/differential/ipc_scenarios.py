"""What multiprocessing and ProcessPoolExecutor do: small programs that write words into a log.

Each stands a second time, under the same name, in ipc_processes.cc or ipc_pools.cc;
tests/differential_ipc_test.cc compares the logs. What is compared is what does not depend on the machine: results in their order, errors
by their kind, exit codes.
"""

import multiprocessing
import multiprocessing.connection
import multiprocessing.shared_memory
import os
import signal
import sys
import threading
import uuid
from concurrent.futures import ProcessPoolExecutor

ctx = multiprocessing.get_context("fork")


def kind(error):
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return "OSError"
    return type(error).__name__


def attempt(log, function):
    try:
        log(function())
    except BaseException as error:
        log(kind(error))


def told(log, function):
    """The text as well."""
    try:
        log(function())
    except BaseException as error:
        log(kind(error), str(error))


def quietly(function, *arguments):
    """For a child whose last words are its own affair."""
    os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
    function(*arguments)


def wait_for_ever():
    while True:
        signal.pause()


# Processes.


def exit_codes(log):
    def fail():
        raise ValueError("no")
    for end in (lambda: None, lambda: os._exit(7), fail):
        process = ctx.Process(target=quietly, args=(end,))
        process.start()
        process.join()
        log(process.exitcode)


def ended_by_signals(log):
    for end in (ctx.Process.kill, ctx.Process.terminate):
        process = ctx.Process(target=wait_for_ever)
        process.start()
        end(process)
        process.join()
        end(process)
        log(process.exitcode)


def life(log):
    ours, theirs = ctx.Pipe()
    process = ctx.Process(target=lambda: theirs.recv())
    log(process.is_alive(), process.pid is None, process.exitcode is None)
    process.start()
    log(process.is_alive(), process.pid is None, process.exitcode is None)
    ours.send("go")
    process.join()
    log(process.is_alive(), process.pid is None, process.exitcode)


def misuse(log):
    process = ctx.Process(target=wait_for_ever)
    attempt(log, process.join)
    process.start()
    attempt(log, process.start)
    attempt(log, lambda: setattr(process, "daemon", True))
    attempt(log, process.close)
    process.kill()
    process.join()
    process.join()
    process.close()
    attempt(log, process.is_alive)
    attempt(log, process.join)


def daemons_have_no_children(log):
    def body():
        try:
            ctx.Process(target=lambda: None).start()
        except AssertionError:
            os._exit(5)
    process = ctx.Process(target=body, daemon=True)
    process.start()
    process.join()
    log(process.exitcode)


def the_child_has_a_copy(log):
    cell = [1]
    ours, theirs = ctx.Pipe()

    def body():
        cell[0] = 2
        theirs.send(cell[0])
    process = ctx.Process(target=body)
    process.start()
    log(ours.recv(), cell[0])
    process.join()


def join_in_time(log):
    process = ctx.Process(target=wait_for_ever)
    process.start()
    process.join(0.02)
    log(process.is_alive(), process.exitcode is None)
    process.kill()
    process.join(20)
    log(process.is_alive(), process.exitcode)


def sentinels(log):
    ours, theirs = ctx.Pipe()
    process = ctx.Process(target=wait_for_ever)
    process.start()

    def ready(timeout):
        things = [process.sentinel, ours]
        found = multiprocessing.connection.wait(things, timeout)
        return sorted(things.index(thing) for thing in found)
    log("ready", *ready(0))
    theirs.send(1)
    log("ready", *ready(20))
    process.kill()
    process.join()
    log("ready", *ready(20))
    ours.recv()
    log("ready", *ready(0))


# Connections.


def messages_in_order(log):
    ours, theirs = ctx.Pipe(False)

    def body():
        for word in ("a", "b", "c"):
            theirs.send(word)
    process = ctx.Process(target=body)
    process.start()
    theirs.close()
    for _ in range(5):
        attempt(log, ours.recv)
    process.join()


def wrong_ends(log):
    reader, writer = ctx.Pipe(False)
    attempt(log, lambda: reader.send("x"))
    attempt(log, writer.recv)
    reader.close()
    attempt(log, reader.recv)
    attempt(log, lambda: writer.send("x"))


def polling_takes_nothing(log):
    ours, theirs = ctx.Pipe()
    log(ours.poll(), ours.poll(0.01))
    theirs.send("x")
    log(ours.poll(20), ours.poll(), ours.recv(), ours.poll())
    theirs.close()
    log(ours.poll())
    attempt(log, ours.recv)


def both_directions(log):
    ours, theirs = ctx.Pipe()

    def body():
        theirs.send("<" + theirs.recv() + ">")
    process = ctx.Process(target=body)
    process.start()
    ours.send("a" * 3_000_000)
    answer = ours.recv()
    log(len(answer), answer[0], answer[-1])
    process.join()


def a_peer_that_goes_without_reading(log):
    ours, theirs = ctx.Pipe()
    ours.send("unread")
    theirs.close()
    attempt(log, ours.recv)
    attempt(log, ours.recv)
    attempt(log, lambda: ours.send("x"))


# Queues.


def queue_order(log):
    queue = ctx.JoinableQueue(3)

    def body():
        for i in range(8):
            queue.put(i)
    process = ctx.Process(target=body)
    process.start()
    for _ in range(8):
        log(queue.get())
    process.join()


def queue_limits(log):
    queue = ctx.JoinableQueue(2)
    attempt(log, queue.get_nowait)
    attempt(log, lambda: queue.get(timeout=0.01))
    queue.put(1)
    queue.put(2)
    attempt(log, lambda: queue.put_nowait(3))
    attempt(log, lambda: queue.put(3, timeout=0.01))
    log(queue.get(), queue.get())


def task_done_too_often(log):
    queue = ctx.JoinableQueue(2)
    attempt(log, queue.task_done)
    queue.put(1)
    log(queue.get())
    queue.task_done()
    queue.join()
    attempt(log, queue.task_done)


# Locks and memory.


def semaphores(log):
    semaphore = ctx.BoundedSemaphore(2)
    for _ in range(3):
        log(semaphore.acquire(False))
    for _ in range(3):
        attempt(log, semaphore.release)


def a_lock_released_by_a_child(log):
    lock = ctx.Lock()
    log(lock.acquire(False), lock.acquire(False))
    process = ctx.Process(target=lock.release)
    process.start()
    process.join()
    log(lock.acquire(False))
    lock.release()
    attempt(log, lock.release)


def events(log):
    event = ctx.Event()
    log(event.is_set(), event.wait(0.01))
    process = ctx.Process(target=event.set)
    process.start()
    log(event.wait(20), event.is_set())
    process.join()
    event.clear()
    log(event.is_set())


def barriers(log):
    barrier = ctx.Barrier(2)
    process = ctx.Process(target=lambda: os._exit(10 + barrier.wait(20)))
    process.start()
    index = barrier.wait(20)
    process.join()
    log(index + process.exitcode)
    attempt(log, lambda: barrier.wait(0.01))
    log(barrier.broken)
    attempt(log, lambda: barrier.wait(20))
    barrier.reset()
    log(barrier.broken)


def a_value_under_its_lock(log):
    value = ctx.Value("i", 7)

    def body():
        for _ in range(1000):
            with value.get_lock():
                value.value += 1
    processes = [ctx.Process(target=body) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    log(value.value)


def arrays(log):
    array = ctx.Array("i", 3)
    log(*array)

    def body():
        array[1] = 5
    process = ctx.Process(target=body)
    process.start()
    process.join()
    log(*array[0:2])
    attempt(log, lambda: array[3])


def shared_memory(log):
    SharedMemory = multiprocessing.shared_memory.SharedMemory
    name = "t" + uuid.uuid4().hex[:12]
    attempt(log, lambda: SharedMemory(name))
    memory = SharedMemory(name, create=True, size=10)
    attempt(log, lambda: SharedMemory(name, create=True, size=10))
    memory.buf[3] = 42
    other = SharedMemory(name)
    log(other.buf[3])
    memory.unlink()
    attempt(log, lambda: SharedMemory(name))
    memory.buf[3] = 43
    log(other.buf[3])
    other.close()
    memory.close()


# Pools.

gate = None  # an event that jobs wait for


def square(x):
    return x * x


def power(base, exponent):
    return base ** exponent


def refuse_three(x):
    if x == 3:
        raise ValueError("no 3")
    return x


def pass_gate(x):
    gate.wait(20)
    return x


def zero_waits(x):
    return pass_gate(x) if x == 0 else x


def die(x):
    os.kill(os.getpid(), signal.SIGKILL)


seen = None


def look(x):
    return seen


def prepare(value):
    global seen
    seen = value


def fail_to_prepare():
    quietly(os._exit, 3)


def new_gate():
    global gate
    gate = ctx.Event()


def next_or_end(results):
    try:
        return next(results)
    except StopIteration:
        return "end"


def pool_map(log):
    with ctx.Pool(2) as pool:
        for size in (None, 1, 3, 100):
            log(*pool.map(square, range(7), size))
        log("none", *pool.map(square, []))
        log(*pool.starmap(power, [(2, 3), (3, 2)]))


def pool_errors(log):
    with ctx.Pool(2) as pool:
        told(log, lambda: pool.map(refuse_three, range(6), 1))
        told(log, lambda: pool.apply(refuse_three, (3,)))
        log(pool.apply(refuse_three, (4,)))


def pool_tickets(log):
    new_gate()
    with ctx.Pool(1) as pool:
        result = pool.apply_async(pass_gate, (5,))
        log(result.ready())
        attempt(log, result.successful)
        attempt(log, lambda: result.get(0.01))
        gate.set()
        log(result.get(20), result.ready(), result.successful())
        failed = pool.apply_async(refuse_three, (3,))
        failed.wait(20)
        log(failed.ready(), failed.successful())
        attempt(log, failed.get)


def pool_imap(log):
    with ctx.Pool(2) as pool:
        results = pool.imap(refuse_three, range(6))
        for _ in range(7):
            attempt(log, lambda: next_or_end(results))
        log(*pool.imap(square, range(5), 2))
        attempt(log, lambda: pool.imap(square, [1], 0))


def pool_imap_unordered(log):
    new_gate()
    with ctx.Pool(2) as pool:
        results = pool.imap_unordered(zero_waits, [0, 1])
        log(next(results))
        gate.set()
        log(next(results))


def pool_callbacks(log):
    with ctx.Pool(1) as pool:
        done = threading.Event()

        def say(word, value):
            log(word, value)
            done.set()
        for value in (2, 3):
            done.clear()
            pool.apply_async(refuse_three, (value,),
                             callback=lambda result: say("result", result),
                             error_callback=lambda error: say("error", kind(error)))
            done.wait(20)


def pool_closed(log):
    pool = ctx.Pool(1)
    attempt(log, pool.join)
    result = pool.apply_async(square, (3,))
    pool.close()
    attempt(log, lambda: pool.apply(square, (3,)))
    pool.join()
    log(result.get(20))
    attempt(log, lambda: pool.map(square, [1]))


def pool_terminated(log):
    new_gate()
    pool = ctx.Pool(1)
    result = pool.apply_async(pass_gate, (3,))
    pool.terminate()
    pool.join()
    log(result.ready())
    attempt(log, lambda: pool.apply(square, (3,)))


def worker_number(x):
    return os.getpid()


def pool_of_short_lives(log):
    with ctx.Pool(1, maxtasksperchild=2) as pool:
        log(len(set(pool.map(worker_number, range(6), 1))))
        log(len(set(pool.map(worker_number, range(6), 6))))


def pool_initializer(log):
    with ctx.Pool(2, prepare, (42,)) as pool:
        log(*pool.map(look, range(3)))


def pool_refusals(log):
    attempt(log, lambda: ctx.Pool(0))
    attempt(log, lambda: ctx.Pool(1, maxtasksperchild=0))


# Executors.


def executor(workers, **options):
    return ProcessPoolExecutor(workers, mp_context=ctx, **options)


def executor_submits(log):
    with executor(2) as pool:
        log(pool.submit(power, 2, 10).result())
        failed = pool.submit(refuse_three, 3)
        told(log, failed.result)
        log(kind(failed.exception()), failed.done(), failed.cancelled())


def executor_maps(log):
    with executor(2) as pool:
        log(*pool.map(square, range(5)))
        log(*pool.map(square, range(5), chunksize=3))
        results = pool.map(refuse_three, range(3, 6))
        attempt(log, lambda: next(results))
        attempt(log, lambda: pool.map(square, [1], chunksize=0))


def executor_shut_down(log):
    pool = executor(1)
    result = pool.submit(square, 3)
    pool.shutdown()
    log(result.result())
    attempt(log, lambda: pool.submit(square, 3))
    attempt(log, lambda: executor(0))


def executor_cancels(log):
    new_gate()
    with executor(1) as pool:
        futures = [pool.submit(pass_gate, i) for i in range(10)]
        while not futures[0].running():
            pass
        log(futures[0].cancel(), futures[9].cancel(), futures[9].cancelled())
        gate.set()
        log(*(future.result() for future in futures[:9]))
        attempt(log, futures[9].result)


def executor_broken(log):
    new_gate()
    with executor(2) as pool:
        futures = [pool.submit(pass_gate, 1), pool.submit(die, 2)]
        for future in futures:
            attempt(log, future.result)
        attempt(log, lambda: pool.submit(square, 1))


def executor_that_cannot_start(log):
    with executor(1, initializer=fail_to_prepare) as pool:
        attempt(log, lambda: pool.submit(square, 1).result())


SCENARIOS = [
    exit_codes, ended_by_signals, life, misuse, daemons_have_no_children,
    the_child_has_a_copy, join_in_time, sentinels, messages_in_order, wrong_ends,
    polling_takes_nothing, both_directions, a_peer_that_goes_without_reading,
    queue_order, queue_limits, task_done_too_often, semaphores, a_lock_released_by_a_child, events, barriers,
    a_value_under_its_lock, arrays, shared_memory, pool_map, pool_errors,
    pool_tickets, pool_imap, pool_imap_unordered, pool_callbacks, pool_closed,
    pool_terminated, pool_of_short_lives, pool_initializer, pool_refusals,
    executor_submits, executor_maps, executor_shut_down, executor_cancels,
    executor_broken, executor_that_cannot_start,
]


def words_of(scenario):
    words = []

    def log(*new):
        words.extend("None" if word is None else str(word) for word in new)
    scenario(log)
    return " ".join(words)


if __name__ == "__main__":
    for scenario in SCENARIOS:
        print(scenario.__name__ + ": " + words_of(scenario), flush=True)
    sys.exit(0)
