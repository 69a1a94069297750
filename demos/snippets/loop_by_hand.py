import asyncio


async def answer():
    await asyncio.sleep(0)
    return 42


loop = asyncio.new_event_loop()
print(loop.run_until_complete(answer()))
loop.close()
try:
    loop.call_soon(print)
except RuntimeError:
    print("a closed loop takes no work")
