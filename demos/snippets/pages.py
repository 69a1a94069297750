import threading
import time

pages = [""] * 3


def download(number):
    time.sleep(0.05 * (3 - number))
    pages[number] = f"page {number},"


threads = [threading.Thread(target=download, args=(n,)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("in one:", *pages)
