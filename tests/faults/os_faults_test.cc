// os/ on bad days: bytes in and out, mappings, what /proc tells, futexes.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "os/futex.h"
#include "os/io.h"
#include "os/mapping.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "tests/faults/fault_runs.h"

namespace os {
namespace {

using tests::Days;

std::string long_text() {
  std::string text;
  while (text.size() < 20'000) {
    text += std::to_string(text.size()) + " ";
  }
  return text;
}

std::string read_text(int fd, size_t size) {
  std::string text(size, '?');
  text.resize(
      read_all(fd, std::as_writable_bytes(std::span(text.data(), size))));
  return text;
}

// io.h I1
TEST(OsFaults, APipeDeliversEveryByteOnceOrWasNeverMade) {
  const std::string text = long_text();
  Days({"pipe2"}).run(300, [&] {
    const Pipe pipe = make_pipe();
    write_all(pipe.writer.get(), bytes_of(text));
    EXPECT_EQ(read_text(pipe.reader.get(), text.size()), text);
  });
}

// io.h I1
TEST(OsFaults, ASocketDeliversEveryByteOnceOrSaysThatItWasReset) {
  const std::string text = long_text();
  Days({"socketpair", "send", "recv"}).run(300, [&] {
    int fds[2];
    check(syscalls.socketpair(
              AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
          "socketpair");
    const UniqueFd here(fds[0]), there(fds[1]);
    std::string received;
    std::vector<std::byte> buffer(1000);
    auto left = bytes_of(text);
    while (received.size() < text.size()) {
      left = left.subspan(send_some(here.get(), left).value_or(0));
      const size_t count = receive_some(there.get(), buffer).value_or(0);
      received.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
    EXPECT_EQ(received, text);
  });
}

TEST(OsFaults, AFileHoldsWhatWasWrittenOrTheDiskIsFull) {
  const std::string text = long_text();
  Days({"write"}).run(300, [&] {
    const UniqueFd file(::memfd_create("file", MFD_CLOEXEC));
    write_all(file.get(), bytes_of(text));
    ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
    EXPECT_EQ(read_text(file.get(), text.size() + 1), text);
  });
}

TEST(OsFaults, MemoryIsThereOrRefused) {
  Days({"mmap(anonymous)", "mmap(file)", "fallocate"}).run(300, [] {
    Mapping first = Mapping::anonymous(5000, Mapping::Sharing::kPrivate);
    const UniqueFd file(::memfd_create("pages", MFD_CLOEXEC));
    check(retry_on_eintr(
              [&] { return syscalls.fallocate(file.get(), 0, 0, 5000); }),
          "fallocate");
    const Mapping one = Mapping::of_file(file.get(), 5000);
    const Mapping same = Mapping::of_file(file.get(), 5000);
    one.data()[4999] = std::byte{7};
    EXPECT_EQ(same.data()[4999], std::byte{7});
    EXPECT_EQ(first.data()[4999], std::byte{0});
  });
}

// proc.h I1
TEST(OsFaults, ProcTellsTheWholeTruthOrThatItCannotBeOpened) {
  Days({"open(/proc)"}).run(300, [] {
    const auto status = read_status(::getpid());
    ASSERT_TRUE(status);
    EXPECT_EQ(status->parent, ::getppid());
    EXPECT_EQ(status->state, 'R');
    EXPECT_GT(status->rss_bytes, 0);
    EXPECT_GT(read_pss(::getpid()).value_or(0), 0);
    EXPECT_TRUE(children_of(::getpid()).empty());
  });
}

// futex.h I1
TEST(OsFaults, AnInterruptedSleeperSleepsOnUntilTheWordChanges) {
  Days({}).run(100, [] {
    FutexWord word = 0;
    std::thread waker([&] {
      word = 1;
      futex_wake(word);
    });
    while (word == 0) {
      futex_wait(word, 0);
    }
    waker.join();
    const auto soon =
        std::chrono::steady_clock::now() + std::chrono::microseconds(100);
    while (futex_wait(word, 1, soon)) {
    }
    EXPECT_GE(std::chrono::steady_clock::now(), soon);
  });
}

}  // namespace
}  // namespace os
