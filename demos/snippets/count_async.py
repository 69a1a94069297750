import asyncio
import time


async def one_two():
    print("One")
    await asyncio.sleep(0.1)
    print("Two")


async def main():
    await asyncio.gather(one_two(), one_two(), one_two())


if __name__ == "__main__":
    start = time.perf_counter()
    asyncio.run(main())
    elapsed = time.perf_counter() - start
    print(f"took {elapsed:.2f} s")
