// The promises of loop/stream_reader.h.
#include "loop/stream_reader.h"

#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "gtest/gtest.h"
#include "loop/connection.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/stream_errors.h"
#include "loop/task.h"
#include "os/syscall.h"
#include "scheduler/errors.h"
#include "tests/loop/stream_support.h"
#include "tests/loop/worlds.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using tests::Ends;
using tests::stream_ends;
using tests::turn;

class AStreamReader : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, AStreamReader, tests::kEveryKind,
                         tests::name_of);

// STRM-03
TEST_P(AStreamReader, ALineComesWithItsEndAndTheRestStaysBuffered) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("abc\ndef");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "abc\n");
    EXPECT_EQ(ends.here.reader.buffered(), 3u);
    EXPECT_EQ(co_await ends.here.reader.read(10), "def");
  };
  run(body(), loop);
}

// STRM-04
TEST_P(AStreamReader, TheLastLineMayHaveNoEndAndThenTheyAreEmpty) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("def");
    ends.there.writer.close();
    EXPECT_FALSE(ends.here.reader.at_eof());
    EXPECT_EQ(co_await ends.here.reader.read_line(), "def");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "");
    EXPECT_TRUE(ends.here.reader.at_eof());
  };
  run(body(), loop);
}

// STRM-05
TEST_P(AStreamReader, ALineInPiecesIsReturnedWhole) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto line = create_task(ends.here.reader.read_line());
    for (const char* piece : {"on", "e li", "ne\nne", "xt"}) {
      co_await turn();
      ends.there.writer.write(piece);
    }
    EXPECT_EQ(co_await line, "one line\n");
    EXPECT_EQ(co_await ends.here.reader.read_exactly(4), "next");
  };
  run(body(), loop);
}

// STRM-05
TEST_P(AStreamReader, ManyLinesInOnePieceAreReturnedOneByOne) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("1\n22\n\n333\n");
    for (const char* line : {"1\n", "22\n", "\n", "333\n"}) {
      EXPECT_EQ(co_await ends.here.reader.read_line(), line);
    }
  };
  run(body(), loop);
}

// STRM-06
TEST_P(AStreamReader, ReadGivesWhatThereIsAndAtMostWhatWasAskedFor) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("abcdef");
    EXPECT_EQ(co_await ends.here.reader.read(0), "");
    EXPECT_EQ(co_await ends.here.reader.read(4), "abcd");
    EXPECT_EQ(co_await ends.here.reader.read(4), "ef");
    ends.there.writer.close();
    EXPECT_EQ(co_await ends.here.reader.read(4), "");
  };
  run(body(), loop);
}

// STRM-06
TEST_P(AStreamReader, ReadToTheEndWaitsForItAndGivesEverything) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto all = create_task(ends.here.reader.read());
    ends.there.writer.write("abc");
    co_await turn();
    co_await turn();
    EXPECT_FALSE(all.done());
    ends.there.writer.write("def");
    ends.there.writer.close();
    EXPECT_EQ(co_await all, "abcdef");
  };
  run(body(), loop);
}

// STRM-07
TEST_P(AStreamReader, ReadUntilGivesAllUpToTheSeparatorHoweverItIsCut) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto head = create_task(ends.here.reader.read_until("\r\n\r\n"));
    for (const char* piece : {"GET\r", "\n", "\r\r\n\r", "\nbody"}) {
      co_await turn();
      ends.there.writer.write(piece);
    }
    EXPECT_EQ(co_await head, "GET\r\n\r\r\n\r\n");
    EXPECT_EQ(co_await ends.here.reader.read(10), "body");
  };
  run(body(), loop);
}

// STRM-07
TEST_P(AStreamReader, ReadExactlyGivesExactlyThatMuch) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    EXPECT_EQ(co_await ends.here.reader.read_exactly(0), "");
    const auto five = create_task(ends.here.reader.read_exactly(5));
    ends.there.writer.write("123");
    co_await turn();
    ends.there.writer.write("4567");
    EXPECT_EQ(co_await five, "12345");
    EXPECT_EQ(co_await ends.here.reader.read(10), "67");
  };
  run(body(), loop);
}

// STRM-07
TEST_P(AStreamReader, AnEndThatComesTooEarlyIsAnErrorWithWhatDidCome) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("abc");
    ends.there.writer.close();
    try {
      co_await ends.here.reader.read_exactly(5);
      ADD_FAILURE() << "five of three";
    } catch (const IncompleteReadError& e) {
      EXPECT_EQ(e.partial, "abc");
      EXPECT_EQ(e.expected, 5u);
      EXPECT_STREQ(e.what(), "3 bytes read on a total of 5 expected bytes");
    }
    try {
      co_await ends.here.reader.read_until(";");
      ADD_FAILURE() << "no separator came";
    } catch (const IncompleteReadError& e) {
      EXPECT_EQ(e.partial, "");
      EXPECT_EQ(e.expected, std::nullopt);
    }
  };
  run(body(), loop);
}

TEST_P(AStreamReader, AnEmptySeparatorIsAValueError) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    EXPECT_THROW(co_await ends.here.reader.read_until(""),
                 std::invalid_argument);
  };
  run(body(), loop);
}

// STRM-08
TEST_P(AStreamReader, ALineOverTheLimitIsAValueErrorAndIsLost) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends(4);
    ends.there.writer.write("1234\n12345\nok\n");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "1234\n");
    EXPECT_THROW(co_await ends.here.reader.read_line(), std::invalid_argument);
    // What had been received of it is gone; the rest is what follows.
    EXPECT_EQ(co_await ends.here.reader.read_line(), "\n");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "ok\n");
  };
  run(body(), loop);
}

// STRM-08
TEST_P(AStreamReader, ASeparatorBeyondTheLimitIsReportedAndTakesNothing) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends(4);
    ends.there.writer.write("12345678;");
    try {
      co_await ends.here.reader.read_until(";");
      ADD_FAILURE() << "over the limit";
    } catch (const LimitOverrunError& e) {
      EXPECT_EQ(e.consumed, 5u);
    }
    EXPECT_EQ(co_await ends.here.reader.read_exactly(9), "12345678;");
  };
  run(body(), loop);
}

// STRM-09
TEST_P(AStreamReader, ReadExactlyWorksForMoreThanTheLimit) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends(16);
    const std::string text = tests::long_text(300'000);
    ends.there.writer.write(text);
    EXPECT_EQ(co_await ends.here.reader.read_exactly(text.size()), text);
  };
  run(body(), loop);
}

std::exception_ptr reset() {
  return std::make_exception_ptr(
      std::system_error(ECONNRESET, std::generic_category(), "peer"));
}

// STRM-10
TEST_P(AStreamReader, AnErrorWakesWhoReadsAndComesAgainAtEveryRead) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    StreamReader& reader = ends.here.reader;
    const auto waiting = create_task(reader.read(1));
    co_await turn();
    reader.set_exception(reset());
    EXPECT_THROW(co_await waiting, std::system_error);
    EXPECT_THROW(co_await reader.read(1), std::system_error);
    EXPECT_THROW(co_await reader.read(), std::system_error);
    EXPECT_THROW(co_await reader.read_line(), std::system_error);
    EXPECT_THROW(co_await reader.read_exactly(1), std::system_error);
    EXPECT_TRUE(reader.exception());
  };
  run(body(), loop);
}

// STRM-10
TEST_P(AStreamReader, WhatWasBufferedIsNotDeliveredAfterAnError) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("abc");
    EXPECT_EQ(co_await ends.here.reader.read(1), "a");
    EXPECT_EQ(ends.here.reader.buffered(), 2u);
    ends.here.reader.set_exception(reset());
    EXPECT_THROW(co_await ends.here.reader.read(1), std::system_error);
  };
  run(body(), loop);
}

// STRM-11: here nothing is received unless somebody asks, which is stricter
// than Python's pause at twice the limit.
TEST_P(AStreamReader, ASlowReaderHoldsItsPeerAndGetsEveryByte) {
  static constexpr size_t kSize = 1 << 20;
  static constexpr size_t kLimit = 1000;
  constexpr auto send = [](StreamWriter writer) -> Coroutine<> {
    const std::string text = tests::long_text(kSize);
    for (size_t at = 0; at < kSize; at += 4096) {
      writer.write(std::string_view(text).substr(at, 4096));
      co_await writer.drain();
    }
  };
  constexpr auto body = [send]() -> Coroutine<> {
    Ends ends = stream_ends(kLimit);
    const auto sender = create_task(send(std::move(ends.there.writer)));
    for (int i = 0; i < 1000; ++i) {
      co_await turn();
    }
    EXPECT_FALSE(sender.done());  // nobody reads
    std::string all;
    while (!ends.here.reader.at_eof()) {
      all += co_await ends.here.reader.read(300);
      EXPECT_LE(ends.here.reader.buffered(), 2 * kLimit);
    }
    EXPECT_EQ(all, tests::long_text(kSize));
    co_await sender;
  };
  run(body(), loop);
}

// I2
TEST_P(AStreamReader, NeverReceivesMoreThanItsLimitAhead) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends(100);
    ends.there.writer.write(std::string(1000, 'x') + ";");
    co_await ends.here.reader.read(1);
    EXPECT_EQ(ends.here.reader.buffered(), 99u);
    try {
      co_await ends.here.reader.read_until(";");
    } catch (const LimitOverrunError&) {
    }
    EXPECT_EQ(ends.here.reader.buffered(), 101u);
  };
  run(body(), loop);
}

// I3
TEST_P(AStreamReader, ACancelledRequestHasTakenNothing) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto line = create_task(ends.here.reader.read_line());
    ends.there.writer.write("abc");
    co_await turn();
    co_await turn();
    line.cancel();
    EXPECT_THROW(co_await line, scheduler::CancelledError);
    ends.there.writer.write("def\n");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "abcdef\n");
  };
  run(body(), loop);
}

TEST_P(AStreamReader, TwoReadsAtOnceAreARuntimeError) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto first = create_task(ends.here.reader.read(9));
    co_await turn();
    EXPECT_THROW(co_await ends.here.reader.read(9), std::runtime_error);
    ends.there.writer.write("x");
    EXPECT_EQ(co_await first, "x");
  };
  run(body(), loop);
}

// STRM-23: the kernel's own reset, and where it comes in the middle of a wait.
TEST_P(AStreamReader, AResetByThePeerIsAnErrorAndNotTheEnd) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall recv(
      &os::Syscalls::recv,
      [](int fd, void* buffer, size_t size, int flags) -> ssize_t {
        if (++calls == 2) {
          errno = ECONNRESET;
          return -1;
        }
        return ::recv(fd, buffer, size, flags);
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("abc");
    EXPECT_EQ(co_await ends.here.reader.read(9), "abc");
    ends.there.writer.write("def");
    for (int i = 0; i < 2; ++i) {
      try {
        co_await ends.here.reader.read(9);
        ADD_FAILURE() << "no error";
      } catch (const std::system_error& e) {
        EXPECT_EQ(e.code().value(), ECONNRESET);
      }
    }
    EXPECT_TRUE(ends.here.writer.is_closing());
  };
  run(body(), loop);
}

// I4 of loop/connection.h
TEST_P(AStreamReader, OneMessageCostsOneReceive) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall recv(
      &os::Syscalls::recv,
      [](int fd, void* buffer, size_t size, int flags) -> ssize_t {
        ++calls;
        return ::recv(fd, buffer, size, flags);
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("0");
    co_await ends.here.reader.read(64);  // the first one tries
    calls = 0;
    for (int i = 0; i < 100; ++i) {
      ends.there.writer.write("message");
      co_await ends.here.reader.read(64);
    }
    EXPECT_EQ(calls, 100);
  };
  run(body(), loop);
}

TEST_P(AStreamReader, InterruptedAndPrematureReadsLoseNothing) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall recv(
      &os::Syscalls::recv,
      [](int fd, void* buffer, size_t size, int flags) -> ssize_t {
        switch (++calls % 3) {
          case 1:
            errno = EINTR;
            return -1;
          case 2:
            errno = EAGAIN;  // readiness is a hint
            return -1;
          default:
            return ::recv(fd, buffer, std::min<size_t>(size, 2), flags);
        }
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write("a line\n");
    EXPECT_EQ(co_await ends.here.reader.read_line(), "a line\n");
  };
  run(body(), loop);
}

TEST_P(AStreamReader, ALimitOfZeroIsAValueError) {
  constexpr auto body = []() -> Coroutine<> {
    EXPECT_THROW(stream_ends(0), std::invalid_argument);
    co_return;
  };
  run(body(), loop);
}

// The data of a peer that never stops is always there, so no read suspends by
// itself.
TEST_P(AStreamReader, AsksTheLoopNowAndThenThoughThereIsAlwaysMore) {
  constexpr auto reading = [](StreamReader* reader, bool* done) -> Coroutine<> {
    for (int i = 0; i < 100; ++i) {
      co_await reader->read_exactly(1000);
    }
    *done = true;
  };
  constexpr auto body = [reading]() -> Coroutine<> {
    auto ends = tests::stream_ends(1000);
    ends.there.writer.write(tests::long_text(100'000));
    bool done = false;
    const auto task = create_task(reading(&ends.here.reader, &done));
    int turns = 0;
    while (!done) {
      co_await tests::turn();
      ++turns;
    }
    EXPECT_GE(turns, 100 / Connection::kEager);
    co_await task;
  };
  run(body(), loop);
}

}  // namespace
}  // namespace loop
