import tracemalloc


def report():
    now, peak = tracemalloc.get_traced_memory()
    print(f"now {now / 1e6:.0f} MB, at most {peak / 1e6:.0f} MB")


tracemalloc.start()
report()
numbers = bytearray(8_000_000)
report()
del numbers
report()
