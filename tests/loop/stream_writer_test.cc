// The promises of loop/stream_writer.h and loop/connection.h.
#include "loop/stream_writer.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "gtest/gtest.h"
#include "loop/connection.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/open_connection.h"
#include "loop/run.h"
#include "loop/stream_reader.h"
#include "loop/task.h"
#include "os/syscall.h"
#include "scheduler/errors.h"
#include "tests/loop/stream_support.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

using tests::Ends;
using tests::Log;
using tests::long_text;
using tests::stream_ends;
using tests::turn;

// More than two sockets take while nobody reads.
constexpr size_t kMuch = 4 << 20;

class AStreamWriter : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, AStreamWriter, tests::kRealKinds,
                         tests::name_of);

// STRM-12
TEST_P(AStreamWriter, SendsAtOnceWhatTheSocketTakesAndKeepsTheRest) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.here.writer.write("small");
    EXPECT_EQ(ends.here.writer.backlog(), 0u);
    const std::string text = long_text(kMuch);
    ends.here.writer.write(text);
    EXPECT_GT(ends.here.writer.backlog(), 0u);
    EXPECT_LT(ends.here.writer.backlog(), kMuch);
    EXPECT_EQ(co_await ends.there.reader.read_exactly(5), "small");
    EXPECT_EQ(co_await ends.there.reader.read_exactly(kMuch), text);
    EXPECT_EQ(ends.here.writer.backlog(), 0u);
  };
  run(body(), loop);
}

Coroutine<> drain_and_note(StreamWriter& writer, Log& log, std::string name) {
  co_await writer.drain();
  log.push_back(name);
}

// STRM-13
TEST_P(AStreamWriter, DrainDoesNotSuspendBelowTheHighWaterMark) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    Log log;
    ends.here.writer.write("small");
    co_await drain_and_note(ends.here.writer, log, "drained");
    EXPECT_EQ(log, Log{"drained"});
  };
  run(body(), loop);
}

// STRM-13 I2
TEST_P(AStreamWriter, DrainWaitsUntilThePeerHasTakenAllButTheLowWaterMark) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    Log log;
    StreamWriter& writer = ends.here.writer;
    writer.write(std::string(kMuch, 'x'));
    EXPECT_GT(writer.backlog(), Connection::kHighWater);
    const auto a = create_task(drain_and_note(writer, log, "a"));
    const auto b = create_task(drain_and_note(writer, log, "b"));
    while (writer.backlog() > Connection::kLowWater) {
      EXPECT_EQ(log, Log{});
      const std::string block = co_await ends.there.reader.read(4096);
      EXPECT_FALSE(block.empty());
    }
    co_await a;
    co_await b;
    EXPECT_EQ(log, (Log{"a", "b"}));
  };
  run(body(), loop);
}

TEST_P(AStreamWriter, ACancelledDrainLeavesTheOtherOnesWaiting) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    Log log;
    ends.here.writer.write(std::string(kMuch, 'x'));
    const auto a = create_task(drain_and_note(ends.here.writer, log, "a"));
    const auto b = create_task(drain_and_note(ends.here.writer, log, "b"));
    co_await turn();
    a.cancel();
    EXPECT_THROW(co_await a, scheduler::CancelledError);
    EXPECT_FALSE(b.done());
    const std::string all = co_await ends.there.reader.read_exactly(kMuch);
    co_await b;
    EXPECT_EQ(log, Log{"b"});
  };
  run(body(), loop);
}

// STRM-14
TEST_P(AStreamWriter, SeveralWritesKeepTheirOrderWhateverIsKept) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string text = long_text(kMuch);
    for (size_t at = 0, size = 1; at < kMuch;
         at += size, size = size % 9973 + 7) {
      ends.here.writer.write(std::string_view(text).substr(at, size));
    }
    EXPECT_EQ(co_await ends.there.reader.read_exactly(kMuch), text);
  };
  run(body(), loop);
}

// STRM-15
TEST_P(AStreamWriter, CloseSendsEverythingFirstAndWaitClosedReturnsAfterThat) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string text = long_text(kMuch);
    ends.here.writer.write(text);
    ends.here.writer.close();
    EXPECT_TRUE(ends.here.writer.is_closing());
    const auto all = create_task(ends.there.reader.read());
    co_await ends.here.writer.wait_closed();
    EXPECT_EQ(ends.here.writer.backlog(), 0u);
    EXPECT_EQ(co_await all, text);
  };
  run(body(), loop);
}

// STRM-15 I2
TEST_P(AStreamWriter, DroppingTheWriterClosesAndStillSendsEverything) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string text = long_text(kMuch);
    {
      const StreamReader reader = std::move(ends.here.reader);
      StreamWriter writer = std::move(ends.here.writer);
      writer.write(text);
    }
    EXPECT_EQ(co_await ends.there.reader.read(), text);
  };
  run(body(), loop);
}

TEST_P(AStreamWriter, ClosingGivesTheEndToWhoReadsHere) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const auto waiting = create_task(ends.here.reader.read(1));
    co_await turn();
    ends.here.writer.close();
    EXPECT_EQ(co_await waiting, "");
  };
  run(body(), loop);
}

// STRM-16
TEST_P(AStreamWriter, AbortDropsWhatIsKeptAndClosesAtOnce) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.here.writer.write(std::string(kMuch, 'x'));
    ends.here.writer.abort();
    co_await ends.here.writer.wait_closed();
    const std::string all = co_await ends.there.reader.read();
    EXPECT_LT(all.size(), kMuch);
  };
  run(body(), loop);
}

// STRM-17
TEST_P(AStreamWriter, WritesAfterCloseAreIgnoredAndReportedFromTheFifthOn) {
  const tests::Reports reports;
  constexpr auto body = [](const tests::Reports& seen) -> Coroutine<> {
    Ends ends = stream_ends();
    ends.here.writer.close();
    for (int i = 0; i < 4; ++i) {
      ends.here.writer.write("x");
    }
    EXPECT_EQ(seen.messages, Log{});
    ends.here.writer.write("x");
    EXPECT_EQ(seen.messages, Log{"a write to a closed connection was ignored"});
    EXPECT_EQ(co_await ends.there.reader.read(), "");
  };
  run(body(reports), loop);
}

// STRM-17
TEST_P(AStreamWriter, DrainAfterALostConnectionThrowsConnectionReset) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.here.writer.close();
    try {
      co_await ends.here.writer.drain();
      ADD_FAILURE() << "it is closed";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), ECONNRESET);
    }
  };
  run(body(), loop);
}

// STRM-17
TEST_P(AStreamWriter, AVanishedPeerFailsDrainReadsAndWaitClosed) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.close();
    ends.here.writer.write("nobody takes it");
    EXPECT_THROW(co_await ends.here.writer.drain(), std::system_error);
    EXPECT_THROW(co_await ends.here.reader.read(1), std::system_error);
    EXPECT_THROW(co_await ends.here.writer.wait_closed(), std::system_error);
    EXPECT_TRUE(ends.here.writer.is_closing());
  };
  run(body(), loop);
}

// I3
TEST_P(AStreamWriter, APeerThatVanishesWakesWhoDrains) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    Log log;
    ends.here.writer.write(std::string(kMuch, 'x'));
    const auto drain = create_task(drain_and_note(ends.here.writer, log, "a"));
    co_await turn();
    ends.there.writer.abort();
    EXPECT_THROW(co_await drain, std::system_error);
    EXPECT_EQ(log, Log{});
  };
  run(body(), loop);
}

// STRM-18
TEST_P(AStreamWriter, AfterWriteEofThePeerReadsTheEndAndMayAnswer) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string question = long_text(kMuch);
    ends.here.writer.write(question);  // the end waits behind what is kept
    ends.here.writer.write_eof();
    ends.here.writer.write_eof();
    EXPECT_EQ(co_await ends.there.reader.read(), question);
    ends.there.writer.write("answer");
    ends.there.writer.close();
    EXPECT_EQ(co_await ends.here.reader.read(), "answer");
    EXPECT_THROW(ends.here.writer.write("more"), std::runtime_error);
  };
  run(body(), loop);
}

// STRM-19
TEST_P(AStreamWriter, TheEndFromThePeerLeavesThisSideOpen) {
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.there.writer.write_eof();
    EXPECT_EQ(co_await ends.here.reader.read(), "");
    EXPECT_FALSE(ends.here.writer.is_closing());
    ends.here.writer.write("still here");
    ends.here.writer.close();
    EXPECT_EQ(co_await ends.there.reader.read(), "still here");
  };
  run(body(), loop);
}

// STRM-12: the system takes three bytes at a time, is interrupted, is full.
TEST_P(AStreamWriter, ShortInterruptedAndRefusedSendsLoseNothing) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall send(
      &os::Syscalls::send,
      [](int fd, const void* bytes, size_t size, int flags) -> ssize_t {
        switch (++calls % 3) {
          case 1:
            errno = EINTR;
            return -1;
          case 2:
            return ::send(fd, bytes, std::min<size_t>(size, 3), flags);
          default:
            errno = EAGAIN;
            return -1;
        }
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string text = long_text(100);
    ends.here.writer.write(text);
    ends.here.writer.close();
    EXPECT_EQ(co_await ends.there.reader.read(), text);
  };
  run(body(), loop);
}

// Found by //tests/faults: write() itself threw, the rest was lost, and the
// next write went out behind the torn one.
TEST(StreamWriter, AWriteWhoseRestCannotBeSentLaterEndsTheConnection) {
  const tests::SwapSyscall watch(
      &os::Syscalls::epoll_ctl,
      [](int epoll, int operation, int fd, epoll_event* event) {
        if (operation == EPOLL_CTL_ADD && event->events == EPOLLOUT) {
          errno = ENOMEM;
          return -1;
        }
        return ::epoll_ctl(epoll, operation, fd, event);
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    const std::string much = long_text(kMuch);
    ends.here.writer.write(much);
    ends.here.writer.write("more");  // ignored, not sent behind the gap
    try {
      co_await ends.here.writer.drain();
      ADD_FAILURE() << "the rest is lost";
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.code().value(), ENOMEM);
    }
    const std::string arrived = co_await ends.there.reader.read(-1);
    EXPECT_TRUE(much.starts_with(arrived)) << arrived.size();
  };
  run(body());
}

TEST_P(AStreamWriter, OneMessageCostsOneSendAndNoWatching) {
  static int sends;
  static int controls;
  sends = controls = 0;
  const tests::SwapSyscall send(
      &os::Syscalls::send,
      [](int fd, const void* bytes, size_t size, int flags) -> ssize_t {
        ++sends;
        return ::send(fd, bytes, size, flags);
      });
  const tests::SwapSyscall control(
      &os::Syscalls::epoll_ctl,
      [](int epoll, int operation, int fd, epoll_event* event) {
        ++controls;
        return ::epoll_ctl(epoll, operation, fd, event);
      });
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    ends.here.writer.write("first");
    co_await ends.there.reader.read(64);
    sends = controls = 0;
    for (int i = 0; i < 100; ++i) {
      ends.here.writer.write("message");
      co_await ends.here.writer.drain();
      co_await ends.there.reader.read(64);
    }
    EXPECT_EQ(sends, 100);
    EXPECT_LE(controls, 1);  // the first wait of all
  };
  run(body(), loop);
}

// The loop may be gone before the streams.
TEST_P(AStreamWriter, AConnectionMayOutliveItsLoop) {
  constexpr auto body = []() -> Coroutine<Ends> {
    Ends ends = stream_ends();
    ends.here.writer.write(std::string(kMuch, 'x'));
    co_return ends;
  };
  const Ends left_over = run(body(), loop);
  EXPECT_GT(left_over.here.writer.backlog(), 0u);
}

// Tasks that stand in reads and drains when their loop is closed under them.
TEST_P(AStreamWriter, ALoopThatIsClosedDestroysWhoWaits) {
  tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    Ends ends = stream_ends();
    Log log;
    ends.here.writer.write(std::string(kMuch, 'x'));
    const auto drain = create_task(drain_and_note(ends.here.writer, log, "a"));
    co_await ends.here.reader.read(1);
  };
  const auto task = loop.create_task(body());
  loop.call_soon([this] { loop.stop(); });
  loop.run_forever();
  loop.close();
  EXPECT_FALSE(reports.messages.empty());
}

}  // namespace
}  // namespace loop
