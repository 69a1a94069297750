import asyncio

handlers = []


def click(button):
    loop = asyncio.get_running_loop()
    for handler in handlers:
        loop.call_soon(handler, button)
    print("clicked", button)


async def main():
    click("left")
    handlers.append(lambda button: print("menu: saw", button))
    handlers.append(lambda button: print("log: saw", button))
    click("middle")
    click("right")
    await asyncio.sleep(0)


asyncio.run(main())
