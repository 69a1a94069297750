// The promises of ipc/connection.h and ipc/frame.h.
#include "ipc/connection.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "ipc/codec.h"
#include "ipc/errors.h"
#include "ipc/pipe.h"
#include "ipc/process.h"
#include "ipc/wait.h"
#include "os/io.h"
#include "os/syscall.h"
#include "scheduler/clock.h"
#include "tests/ipc/interruptions.h"
#include "tests/ipc/refusal.h"
#include "tests/support/swap_syscall.h"

namespace ipc {
namespace {

using scheduler::seconds;

std::vector<uint32_t> numbers(size_t count) {
  std::vector<uint32_t> values(count);
  std::iota(values.begin(), values.end(), 0u);
  return values;
}

// PROC-15
TEST(Connection, ObjectsArriveWholeAndInOrder) {
  auto [a, b] = make_pipe();
  a.send(1);
  a.send("two");
  a.send(std::vector{3.0, 4.0});
  EXPECT_EQ(b.recv<int>(), 1);
  EXPECT_EQ(b.recv<std::string>(), "two");
  EXPECT_EQ(b.recv<std::vector<double>>(), (std::vector{3.0, 4.0}));
}

TEST(Connection, BytesTravelWithoutEncoding) {
  auto [a, b] = make_pipe();
  a.send_bytes(os::bytes_of("raw"));
  a.send_bytes({});
  const Bytes bytes = b.recv_bytes();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), 3), "raw");
  EXPECT_TRUE(b.recv_bytes().empty());
}

TEST(Connection, IsOfNoUseOnceClosed) {
  auto [a, b] = make_pipe();
  a.close();
  EXPECT_TRUE(a.closed());
  EXPECT_EQ(refusal([&end = a] { end.send(1); }), EBADF);
  EXPECT_EQ(refusal([&end = a] { end.fileno(); }), EBADF);
}

// PROC-17
TEST(Connection, PollSaysWhetherAMessageIsThereAndTakesNothing) {
  auto [a, b] = make_pipe();
  EXPECT_FALSE(b.poll());
  const auto before = scheduler::SteadyClock::instance().now();
  EXPECT_FALSE(b.poll(seconds(0.02)));
  EXPECT_GE(scheduler::SteadyClock::instance().now() - before, seconds(0.02));
  a.send("");
  EXPECT_TRUE(b.poll());
  EXPECT_TRUE(b.poll(seconds(10)));
  EXPECT_EQ(b.recv<std::string>(), "");
  EXPECT_FALSE(b.poll());
}

// What was read ahead is no longer in the pipe, but still to be received.
TEST(Connection, PollSeesMessagesThatWereReadAhead) {
  auto [a, b] = make_pipe();
  a.send(1);
  a.send(2);
  EXPECT_EQ(b.recv<int>(), 1);
  EXPECT_TRUE(b.poll());
  EXPECT_EQ(wait({b}, seconds(0)), std::vector<size_t>{0});
  EXPECT_EQ(b.recv<int>(), 2);
  EXPECT_FALSE(b.poll());
}

// PROC-18
TEST(Connection, RecvSaysEofAfterTheLastMessage) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  writer.send(1);
  writer.send(2);
  writer.close();
  EXPECT_TRUE(reader.poll());
  EXPECT_EQ(reader.recv<int>(), 1);
  EXPECT_EQ(reader.recv<int>(), 2);
  EXPECT_TRUE(reader.poll());
  EXPECT_THROW(reader.recv<int>(), EOFError);
  EXPECT_THROW(reader.recv<int>(), EOFError);
}

// PROC-19
TEST(Connection, AMessageMuchLargerThanThePipeArrivesIntact) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  const auto sent = numbers(2'000'000);
  Process child([&sent](Connection to_parent) { to_parent.send(sent); },
                std::move(writer));
  child.start();
  EXPECT_EQ(reader.recv<std::vector<uint32_t>>(), sent);
  EXPECT_TRUE(child.join(seconds(10)));
}

// PROC-20
TEST(Connection, ASendInterruptedBySignalsContinues) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  const auto expected = numbers(1'000'000);
  // The child takes its time, so that the sender is caught sleeping.
  Process child(
      [&expected](Connection from_parent) {
        scheduler::SteadyClock::instance().sleep_for(seconds(0.02));
        for (int i = 0; i < 3; ++i) {
          if (from_parent.recv<std::vector<uint32_t>>() != expected) {
            throw std::runtime_error("a message was torn");
          }
        }
      },
      std::move(reader));
  child.start();
  {
    const Interruptions interruptions;
    for (int i = 0; i < 3; ++i) {
      writer.send(expected);
    }
    EXPECT_GT(interruptions.count(), 0);
  }
  child.join();
  EXPECT_EQ(child.exitcode(), 0);
}

// I2
TEST(Connection, ASmallMessageCostsOneCallOnEachSide) {
  static int writes;
  static int reads;
  writes = reads = 0;
  auto [a, b] = make_pipe();
  const tests::SwapSyscall count_writes(
      &os::Syscalls::write, [](int fd, const void* data, size_t size) {
        ++writes;
        return ::write(fd, data, size);
      });
  const tests::SwapSyscall count_reads(&os::Syscalls::read,
                                       [](int fd, void* data, size_t size) {
                                         ++reads;
                                         return ::read(fd, data, size);
                                       });
  for (int i = 0; i < 10; ++i) {
    a.send(std::pair(i, std::string("text")));
    EXPECT_EQ((b.recv<std::pair<int, std::string>>().first), i);
  }
  EXPECT_EQ(writes, 10);
  EXPECT_EQ(reads, 10);
}

// I1: a stream may be cut anywhere.
TEST(Connection, MessagesArriveWholeThoughReadByteByByte) {
  auto [a, b] = make_pipe();
  const tests::SwapSyscall one_byte(
      &os::Syscalls::read,
      [](int fd, void* data, size_t) { return ::read(fd, data, 1); });
  a.send("first");
  a.send(numbers(100));
  EXPECT_EQ(b.recv<std::string>(), "first");
  EXPECT_EQ(b.recv<std::vector<uint32_t>>(), numbers(100));
}

// I3
TEST(Connection, AVanishedReaderIsAnErrorAndNoSignal) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  reader.close();
  EXPECT_EQ(refusal([&w = writer] { w.send(1); }), EPIPE);
  auto [a, b] = make_pipe();
  b.close();
  EXPECT_EQ(refusal([&end = a] { end.send(1); }), EPIPE);
}

// As Python's ConnectionResetError.
TEST(Connection, APeerThatGoesWithoutReadingIsAnErrorOnceAndThenTheEnd) {
  auto [a, b] = make_pipe();
  a.send("unread");
  b.close();
  EXPECT_EQ(refusal([&end = a] { end.recv<std::string>(); }), ECONNRESET);
  EXPECT_THROW(a.recv<std::string>(), EOFError);
  EXPECT_EQ(refusal([&end = a] { end.send(1); }), EPIPE);
}

TEST(Connection, AMessageOfAnotherTypeIsRefusedAndTheNextOneArrives) {
  auto [a, b] = make_pipe();
  a.send(1);
  a.send("next");
  EXPECT_THROW(b.recv<std::string>(), DecodeError);
  EXPECT_EQ(b.recv<std::string>(), "next");
}

// A connection on the reading end of a pipe, and what a stranger wrote there.
Connection reader_of(std::string_view bytes) {
  os::Pipe pipe = os::make_pipe();
  os::write_all(pipe.writer.get(), os::bytes_of(bytes));
  return Connection(std::move(pipe.reader), Connection::Direction::kRead);
}

TEST(Connection, AStreamThatEndsInsideAMessageIsAnErrorAndNoEof) {
  for (const std::string_view cut :
       {std::string_view("\5", 1), std::string_view("\5\0\0\0", 4),
        std::string_view("\5\0\0\0hell", 8)}) {
    Connection reader = reader_of(cut);
    EXPECT_EQ(refusal([&] { reader.recv_bytes(); }), EBADMSG);
    EXPECT_TRUE(reader.closed());
  }
}

// A frame of 4 GiB: nothing is allocated for it, and nothing read after it.
TEST(Connection, AnImpossibleLengthIsRefusedAndEndsTheConnection) {
  Connection reader = reader_of("\xff\xff\xff\xffgarbage");
  EXPECT_TRUE(reader.poll());
  EXPECT_EQ(refusal([&] { reader.recv_bytes(); }), EBADMSG);
  EXPECT_TRUE(reader.closed());
}

TEST(Connection, APeerKilledInTheMiddleOfAMessageIsAnError) {
  auto [reader, writer] = make_pipe(/*duplex=*/false);
  Process child(
      [](Connection to_parent) { to_parent.send(numbers(1'000'000)); },
      std::move(writer));
  child.start();
  EXPECT_TRUE(reader.poll(seconds(10)));  // it has begun, and is stuck now
  child.kill();
  child.join();
  EXPECT_EQ(refusal([&r = reader] { r.recv<std::vector<uint32_t>>(); }),
            EBADMSG);
}

}  // namespace
}  // namespace ipc
