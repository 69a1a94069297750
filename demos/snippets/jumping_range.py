def numbers(end):
    number = 0
    while number < end:
        step = yield number
        number += 1 if step is None else step


if __name__ == "__main__":
    some = numbers(5)
    print(next(some))
    print(some.send(2))
    print(next(some))
    print(some.send(-1))
    for number in some:
        print(number)
