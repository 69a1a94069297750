"""What a global lock does to threads, measured in CPython; one line for each figure."""
import statistics
import sys
import threading
import time


def response(interval):
    """Milliseconds beyond a sleep of 1 ms until bytecode runs again, beside a thread that computes."""
    sys.setswitchinterval(interval)
    stop = False
    running = threading.Event()

    def hog():
        running.set()
        while not stop:
            pass

    thread = threading.Thread(target=hog)
    thread.start()
    running.wait()
    late = []
    for _ in range(21):
        begin = time.monotonic()
        time.sleep(0.001)
        late.append((time.monotonic() - begin - 0.001) * 1000)
    stop = True
    thread.join()
    return statistics.median(late)


def slices():
    """Two threads that compute for half a second: how often they alternate, and the median slice in ms."""
    sys.setswitchinterval(0.005)
    begins = []
    owner = [None]
    end = time.monotonic() + 0.5

    def hog(me):
        while (now := time.monotonic()) < end:
            if owner[0] is not me:
                owner[0] = me
                begins.append(now)

    threads = [threading.Thread(target=hog, args=(object(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lengths = [(after - before) * 1000 for before, after in zip(begins, begins[1:])]
    return len(begins), statistics.median(lengths)


FORMS = {
    "line": "x = x + 1",
    "call": "x = x + one()",
    "built_in": "x = x + int(1)",
    "around_loop": "y = x\n  for _ in range(3): pass\n  x = y + 1",
    "over_jump": "y = x\n  if y < 0: y = 0\n  x = y + 1",
    "beside_jump": "y = x\n  if y >= 0: y = y + 1\n  x = y",
}


def lost(form, laps):
    """Updates lost by four threads that each run the statement so many times."""
    sys.setswitchinterval(1e-5)
    names = {}
    exec(f"x = 0\ndef one(): return 1\ndef run(laps):\n global x\n for _ in range(laps):\n  {FORMS[form]}\n", names)
    threads = [threading.Thread(target=names["run"], args=(laps,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 4 * laps - names["x"]


if sys.argv[1] == "times":
    for interval in (0.02, 0.005, 0.001, 0.0005):
        print(f"response {interval * 1000:g}", response(interval))
    count, length = slices()
    print("slices", count)
    print("slice", length)
else:
    print("locked", int(getattr(sys, "_is_gil_enabled", lambda: True)()))
    print("version", sys.version_info[0] * 100 + sys.version_info[1])
    for name in FORMS:
        # One thread may be through before the next begins: then it is tried again.
        print(name, next((n for n in (lost(name, 100_000) for _ in range(10)) if n), 0))
