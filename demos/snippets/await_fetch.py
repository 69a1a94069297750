import asyncio


async def fetch():
    print("asked")
    await asyncio.sleep(0.1)
    print("answered")
    return "a page"


async def main():
    page = await fetch()
    print("got", page)


asyncio.run(main())
