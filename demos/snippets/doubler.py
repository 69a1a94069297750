import threading


def double(number):
    print(threading.current_thread().name)
    print(2 * number)


if __name__ == "__main__":
    for number in range(5):
        name = f"thread {number}"
        thread = threading.Thread(target=double, args=(number,), name=name)
        thread.start()
        thread.join()
