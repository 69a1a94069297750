import asyncio
import threading
import time


def block():
    time.sleep(0.2)
    in_main = threading.current_thread() is threading.main_thread()
    return "done by another thread: " + str(not in_main)


async def main():
    print(await asyncio.to_thread(block))


asyncio.run(main())
