import asyncio


async def count_up():
    print("counting: 1")
    await asyncio.sleep(0)
    print("counting: 2")
    await asyncio.sleep(0)
    print("counting: 3")
    await asyncio.sleep(0)


counter = count_up()
print("nothing has run of", counter)
try:
    while True:
        counter.send(None)
except StopIteration:
    print("it has ended")
