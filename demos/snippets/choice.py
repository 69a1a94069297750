def choose(io_bound, very_slow):
    if not io_bound:
        return "processes"
    if very_slow:
        return "async"
    return "threads"


for io_bound in (True, False):
    for very_slow in (True, False):
        print(int(io_bound), int(very_slow), choose(io_bound, very_slow))
