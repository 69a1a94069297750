// The promises of tests/support/fault_plan.h.
#include "tests/support/fault_plan.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace tests {
namespace {

constexpr uint64_t kSeed = 11;
constexpr int kCalls = 1000;

// What became of `kCalls` times the same: the errno, or 0.
template <class Call>
std::vector<int> errors_of(Call call) {
  std::vector<int> errors;
  for (int i = 0; i < kCalls; ++i) {
    errors.push_back(call() == -1 ? errno : 0);
  }
  return errors;
}

// The same under a plan in which every second call has a bad lot.
template <class Call>
std::set<int> kinds_of(Call call) {
  const FaultPlan plan(kSeed, 2);
  const std::vector<int> errors = errors_of(call);
  return {errors.begin(), errors.end()};
}

// A call that changes nothing: descriptors run out in it all the same.
int make_pipe_and_drop_it() {
  int fds[2];
  const int result = os::syscalls.pipe2(fds, O_CLOEXEC);
  if (result == 0) {
    os::syscalls.close(fds[0]);
    os::syscalls.close(fds[1]);
  }
  return result;
}

std::vector<int> day_of(uint64_t seed, unsigned odds) {
  const FaultPlan plan(seed, odds);
  return errors_of(&make_pipe_and_drop_it);
}

// I1
TEST(FaultPlan, TheSameSeedMakesTheSameDayAndAnotherOneAnother) {
  EXPECT_EQ(day_of(1, 10), day_of(1, 10));
  EXPECT_NE(day_of(1, 10), day_of(2, 10));
}

// I1
TEST(FaultPlan, WhatOtherEntriesDoDoesNotMoveTheLotsOfAnEntry) {
  const std::vector<int> alone = day_of(kSeed, 4);
  const FaultPlan plan(kSeed, 4);
  EXPECT_EQ(errors_of([] {
              const os::UniqueFd other(os::syscalls.eventfd(0, EFD_CLOEXEC));
              return make_pipe_and_drop_it();
            }),
            alone);
}

TEST(FaultPlan, OneCallInSoManyFails) {
  const FaultPlan plan(kSeed, 10);
  errors_of(&make_pipe_and_drop_it);
  EXPECT_NEAR(static_cast<double>(plan.faults()), kCalls / 10, kCalls / 30);
  EXPECT_TRUE(plan.gave(EMFILE));
  EXPECT_FALSE(plan.gave(ENOSPC));
  EXPECT_NE(plan.history().find("pipe2 #"), std::string::npos);
}

TEST(FaultPlan, TheTableIsAsBeforeWhenThePlanIsGone) {
  const auto before = os::syscalls.pipe2;
  { const FaultPlan plan(kSeed, 1); }
  EXPECT_EQ(os::syscalls.pipe2, before);
  EXPECT_EQ(make_pipe_and_drop_it(), 0);
}

TEST(FaultPlan, OnlyASocketThatDoesNotWaitHasNothingNow) {
  std::array<char, 2> bytes;
  for (const int flags : {0, int{SOCK_NONBLOCK}}) {
    int fds[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0, fds),
              0);
    const os::UniqueFd here(fds[0]), there(fds[1]);
    const int waits = flags == 0 ? EINTR : EAGAIN;
    EXPECT_EQ(kinds_of([&] {
                EXPECT_EQ(::send(there.get(), "ab", 2, 0), 2);
                const ssize_t count =
                    os::syscalls.recv(here.get(), bytes.data(), 2, 0);
                const int error = errno;
                // Not to be read by the next.
                while (::recv(here.get(), bytes.data(), 2, MSG_DONTWAIT) > 0) {
                }
                errno = error;
                return count;
              }),
              (std::set<int>{0, waits, ECONNRESET}));
  }
}

// I2
TEST(FaultPlan, AFaultThatDidNotComeToPassIsNotCounted) {
  const sockaddr_un nameless = {.sun_family = AF_UNIX, .sun_path = {}};
  const auto* const name = reinterpret_cast<const sockaddr*>(&nameless);
  const os::UniqueFd listener(
      ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ASSERT_EQ(::bind(listener.get(), name, sizeof nameless.sun_family), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  const os::UniqueFd caller(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const FaultPlan plan(kSeed, 1);
  const std::vector<int> accepts = errors_of([&] {
    return os::syscalls.accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
  });
  EXPECT_EQ(std::set<int>(accepts.begin(), accepts.end()),
            (std::set<int>{EAGAIN, EMFILE, ENOMEM}));
  EXPECT_FALSE(plan.gave(ECONNABORTED));  // nobody came who could be reset
  const sockaddr_un nobody = {.sun_family = AF_UNIX, .sun_path = "/nobody"};
  EXPECT_EQ(os::syscalls.connect(caller.get(),
                                 reinterpret_cast<const sockaddr*>(&nobody),
                                 sizeof nobody),
            -1);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(plan.gave(EINTR));
  EXPECT_EQ(plan.faults(),
            accepts.size() -
                static_cast<size_t>(std::ranges::count(accepts, EAGAIN)));
}

TEST(FaultPlan, APipeTakesWholeWhatIsNotLong) {
  const os::Pipe pipe = os::make_pipe();
  os::set_nonblocking(pipe.writer.get(), true);
  const std::string atom(PIPE_BUF, 'x');
  std::array<char, PIPE_BUF> buffer;
  const FaultPlan plan(kSeed, 1);
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_EQ(os::syscalls.write(pipe.writer.get(), atom.data(), atom.size()),
              PIPE_BUF);
    ASSERT_EQ(::read(pipe.reader.get(), buffer.data(), buffer.size()),
              PIPE_BUF);
  }
  EXPECT_EQ(plan.faults(), 0u);
}

TEST(FaultPlan, ShortMeansSomeAndNotAll) {
  const os::Pipe pipe = os::make_pipe();
  os::set_nonblocking(pipe.reader.get(), true);
  const FaultPlan plan(kSeed, 1);
  std::array<char, 8> buffer;
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_EQ(::write(pipe.writer.get(), "12345678", 8), 8);
    const ssize_t count = os::syscalls.read(pipe.reader.get(), &buffer, 8);
    ASSERT_GE(count, 1);
    ASSERT_LT(count, 8);
    ASSERT_EQ(::read(pipe.reader.get(), &buffer, 8), 8 - count);
  }
}

TEST(FaultPlan, AnEventfdIsNeverShortAndNeverFails) {
  const os::UniqueFd counter(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
  uint64_t number = 1;
  EXPECT_EQ(kinds_of([&] {
              EXPECT_EQ(os::syscalls.write(counter.get(), &number, 8), 8);
              return os::syscalls.read(counter.get(), &number, 8);
            }),
            std::set<int>{0});
}

TEST(FaultPlan, AFileIsFullAtTimes) {
  const os::UniqueFd file(::memfd_create("disk", MFD_CLOEXEC));
  EXPECT_EQ(kinds_of([&] { return os::syscalls.write(file.get(), "ab", 2); }),
            (std::set<int>{0, ENOSPC}));
}

TEST(FaultPlan, OnlyAWaitIsInterrupted) {
  const os::UniqueFd ready(::eventfd(1, EFD_CLOEXEC));
  pollfd polled = {.fd = ready.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(kinds_of([&] { return os::syscalls.poll(&polled, 1, -1); }),
            (std::set<int>{0, EINTR}));
  EXPECT_EQ(kinds_of([&] { return os::syscalls.poll(&polled, 1, 0); }),
            std::set<int>{0});
}

TEST(FaultPlan, WatchingMayBeRefusedAndForgettingIsNot) {
  const os::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  const os::Pipe pipe = os::make_pipe();
  epoll_event event = {.events = EPOLLIN, .data = {}};
  EXPECT_EQ(kinds_of([&] {
              const int result = os::syscalls.epoll_ctl(
                  epoll.get(), EPOLL_CTL_ADD, pipe.reader.get(), &event);
              const int error = errno;
              if (result == 0) {
                EXPECT_EQ(os::syscalls.epoll_ctl(epoll.get(), EPOLL_CTL_DEL,
                                                 pipe.reader.get(), nullptr),
                          0);
              }
              errno = error;
              return result;
            }),
            (std::set<int>{0, ENOMEM, ENOSPC}));
}

TEST(FaultPlan, AFenceForOthersMayBeMissingFromTheBeginningAndShortOfMemory) {
  EXPECT_EQ(kinds_of([] {
              return os::syscalls.membarrier(
                  MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED);
            }),
            (std::set<int>{0, EINVAL, ENOSYS, EPERM}));
  EXPECT_EQ(kinds_of([] {
              return os::syscalls.membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED);
            }),
            (std::set<int>{0, ENOMEM}));
}

// THREADS
TEST(FaultPlan, AForkedChildGoesOnWithTheDay) {
  const std::vector<int> expected = day_of(kSeed, 3);
  const FaultPlan plan(kSeed, 3);
  std::vector<int> seen;
  for (int i = 0; i < kCalls / 2; ++i) {
    seen.push_back(make_pipe_and_drop_it() == -1 ? errno : 0);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    while (seen.size() < expected.size()) {
      seen.push_back(make_pipe_and_drop_it() == -1 ? errno : 0);
    }
    _exit(seen == expected ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace tests
