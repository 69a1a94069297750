import time

start = time.perf_counter()
time.sleep(0.1)
print(f"all done after {time.perf_counter() - start:.2f} s")
