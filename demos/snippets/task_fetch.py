import asyncio
import time


async def fetch():
    await asyncio.sleep(0.1)
    return "a page"


async def main():
    start = time.perf_counter()
    task = asyncio.create_task(fetch())
    await asyncio.sleep(0.5)
    print("other work is done; the task as well:", task.done())
    page = await task
    print("got", page)
    print(f"took {time.perf_counter() - start:.2f} s")


asyncio.run(main())
