"""Generators: they need no loop."""

from support import kind, attempt


def echo(write):
    """Says what happens at its yields."""
    sent = 0
    while sent != 9:
        try:
            sent = (yield sent) or 0
            write(f"got{sent}")
        except ValueError as error:
            write(kind(error))
            sent = 7
    write("ends")
    return "returned"


def generator_next_and_send(log, loop):
    generator = echo(log)
    log("made")
    attempt(log, lambda: generator.send(1))
    log(next(generator))
    log(generator.send(3))
    log(next(generator))
    attempt(log, lambda: generator.send(9))
    attempt(log, lambda: next(generator))


def generator_throw(log, loop):
    generator = echo(log)
    log(next(generator))
    log(generator.throw(ValueError()))
    log(next(generator))
    attempt(log, lambda: generator.throw(RuntimeError()))
    attempt(log, lambda: next(generator))
    attempt(log, lambda: echo(log).throw(ValueError()))


def generator_close(log, loop):
    def body(answer):
        try:
            yield 1
        finally:
            log("cleans")
            if answer == "raises":
                raise ValueError()
    for answer in ["ends", "raises"]:
        generator = body(answer)
        log(next(generator))
        attempt(log, generator.close)
        attempt(log, lambda: next(generator))
    body("ends").close()
    log("never began")


def generator_close_refused(log, loop):
    def body():
        for i in range(3):
            try:
                yield i
            except GeneratorExit:
                log("ignores")
    generator = body()
    log(next(generator))
    attempt(log, generator.close)
    log(next(generator))
    attempt(log, lambda: next(generator))


def generator_delegates(log, loop):
    def outer():
        log((yield from echo(log)))
        log((yield 5))
        yield from [6, 7]
    generator = outer()
    log(next(generator))
    log(generator.send(2))
    log(generator.throw(ValueError()))
    log(generator.send(9))
    log(generator.send(8))
    log(next(generator))
    attempt(log, lambda: next(generator))


def generator_closes_what_it_delegates_to(log, loop):
    def inner():
        try:
            yield 1
        finally:
            log("inner")

    def outer():
        try:
            yield from inner()
        finally:
            log("outer")
    generator = outer()
    log(next(generator))
    generator.close()


def generator_cannot_enter_itself(log, loop):
    def body():
        attempt(log, lambda: next(generator))
        yield 1
    generator = body()
    log(next(generator))
