import time


def one_two():
    print("One")
    time.sleep(0.1)
    print("Two")


def main():
    one_two()
    one_two()
    one_two()


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    elapsed = time.perf_counter() - start
    print(f"took {elapsed:.2f} s")
