// The promises of os/io.h.
#include "os/io.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include "gtest/gtest.h"
#include "os/signals.h"
#include "tests/support/swap_syscall.h"

namespace os {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Io, ReadSomeGivesWhatIsThere) {
  const Pipe pipe = make_pipe();
  write_all(pipe.writer.get(), bytes_of("abc"));
  std::vector<std::byte> buffer(10);
  const auto count = read_some(pipe.reader.get(), buffer);
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(text_of({buffer.data(), *count}), "abc");
}

TEST(Io, TheEndOfTheFileIsZeroBytes) {
  Pipe pipe = make_pipe();
  pipe.writer.reset();
  std::vector<std::byte> buffer(10);
  EXPECT_EQ(read_some(pipe.reader.get(), buffer), 0u);
}

TEST(Io, AnEmptyNonBlockingPipeWouldBlock) {
  const Pipe pipe = make_pipe();
  set_nonblocking(pipe.reader.get(), true);
  std::vector<std::byte> buffer(10);
  EXPECT_EQ(read_some(pipe.reader.get(), buffer), std::nullopt);
}

TEST(Io, AFullNonBlockingPipeTakesNothingMore) {
  const Pipe pipe = make_pipe();
  set_nonblocking(pipe.writer.get(), true);
  const std::vector<std::byte> block(4096);
  while (write_some(pipe.writer.get(), block)) {
  }
  EXPECT_EQ(write_some(pipe.writer.get(), block), std::nullopt);
}

TEST(Io, NonBlockingCanBeSwitchedOffAgain) {
  const Pipe pipe = make_pipe();
  set_nonblocking(pipe.reader.get(), true);
  set_nonblocking(pipe.reader.get(), false);
  EXPECT_EQ(syscalls.fcntl(pipe.reader.get(), F_GETFL, 0) & O_NONBLOCK, 0);
}

// I1
TEST(Io, ReadAllPutsShortReadsTogether) {
  const tests::SwapSyscall one_byte(
      &Syscalls::read, [](int fd, void* buffer, size_t size) {
        return ::read(fd, buffer, size < 1 ? size : 1);
      });
  const Pipe pipe = make_pipe();
  write_all(pipe.writer.get(), bytes_of("whole"));
  std::vector<std::byte> buffer(5);
  EXPECT_EQ(read_all(pipe.reader.get(), buffer), 5u);
  EXPECT_EQ(text_of(buffer), "whole");
}

TEST(Io, ReceiveSomeTellsNothingNowFromNothingEverAgain) {
  int fds[2];
  check(syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
        "socketpair");
  const UniqueFd here(fds[0]);
  UniqueFd there(fds[1]);
  std::vector<std::byte> buffer(5);
  EXPECT_EQ(receive_some(here.get(), buffer), std::nullopt);
  send_some(there.get(), bytes_of("abc"));
  EXPECT_EQ(receive_some(here.get(), buffer), 3u);
  there.reset();
  EXPECT_EQ(receive_some(here.get(), buffer), 0u);
}

TEST(Io, ReadAllReturnsLessOnlyAtTheEndOfTheFile) {
  Pipe pipe = make_pipe();
  write_all(pipe.writer.get(), bytes_of("ab"));
  pipe.writer.reset();
  std::vector<std::byte> buffer(5);
  EXPECT_EQ(read_all(pipe.reader.get(), buffer), 2u);
}

// I1
TEST(Io, WriteAllPutsShortWritesTogether) {
  const tests::SwapSyscall two_bytes(
      &Syscalls::write, [](int fd, const void* bytes, size_t size) {
        return ::write(fd, bytes, size < 2 ? size : 2);
      });
  const Pipe pipe = make_pipe();
  write_all(pipe.writer.get(), bytes_of("whole"));
  std::vector<std::byte> buffer(5);
  read_all(pipe.reader.get(), buffer);
  EXPECT_EQ(text_of(buffer), "whole");
}

TEST(Io, AnInterruptedReadGoesOn) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall interrupted(
      &Syscalls::read, [](int fd, void* buffer, size_t size) -> ssize_t {
        if (++calls == 1) {
          errno = EINTR;
          return -1;
        }
        return ::read(fd, buffer, size);
      });
  const Pipe pipe = make_pipe();
  write_all(pipe.writer.get(), bytes_of("x"));
  std::vector<std::byte> buffer(1);
  EXPECT_EQ(read_some(pipe.reader.get(), buffer), 1u);
  EXPECT_EQ(calls, 2);
}

TEST(Io, WritingToAPipeNobodyReadsThrowsBrokenPipe) {
  const ScopedSignalHandler ignored(SIGPIPE, SIG_IGN);
  Pipe pipe = make_pipe();
  pipe.reader.reset();
  try {
    write_all(pipe.writer.get(), bytes_of("x"));
    FAIL() << "the write was accepted";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
}

TEST(Io, SendingToAVanishedPeerThrowsAndRaisesNoSignal) {
  int fds[2];
  check(syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
        "socketpair");
  const UniqueFd ours(fds[0]);
  UniqueFd(fds[1]).reset();
  EXPECT_THROW(send_some(ours.get(), bytes_of("x")), std::system_error);
}

TEST(Io, APipeThatCannotBeMadeNamesTheCall) {
  const tests::SwapSyscall none_left(&Syscalls::pipe2, [](int*, int) {
    errno = EMFILE;
    return -1;
  });
  try {
    make_pipe();
    FAIL() << "a pipe was made";
  } catch (const std::system_error& error) {
    EXPECT_EQ(std::string(error.what()), "pipe2: Too many open files");
  }
}

TEST(Io, APipeIsClosedInAnExecutedProgram) {
  const Pipe pipe = make_pipe();
  for (const int fd : {pipe.reader.get(), pipe.writer.get()}) {
    EXPECT_NE(syscalls.fcntl(fd, F_GETFD, 0) & FD_CLOEXEC, 0);
  }
}

}  // namespace
}  // namespace os
