// The promises of loop/sockets.h.
#include "loop/sockets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/event_loop.h"
#include "loop/gather.h"
#include "loop/report.h"
#include "loop/run.h"
#include "loop/sleep.h"
#include "loop/task.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/errors.h"
#include "tests/loop/support.h"
#include "tests/loop/worlds.h"
#include "tests/support/allocations.h"
#include "tests/support/swap_syscall.h"

namespace loop {
namespace {

std::pair<Socket, Socket> socket_pair() {
  int fds[2];
  os::check(
      os::syscalls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds),
      "socketpair");
  return {Socket(os::UniqueFd(fds[0])), Socket(os::UniqueFd(fds[1]))};
}

Coroutine<std::string> recv_text(Socket& socket) {
  std::array<char, 64> buffer;
  const size_t count =
      co_await sock_recv(socket, std::as_writable_bytes(std::span(buffer)));
  co_return std::string(buffer.data(), count);
}

Coroutine<> send_text(Socket& socket, std::string text) {
  co_await sock_sendall(socket, os::bytes_of(text));
}

Coroutine<> serve_one(Socket& listener) {
  Socket peer = co_await sock_accept(listener);
  for (;;) {
    const std::string text = co_await recv_text(peer);
    if (text.empty()) {
      co_return;
    }
    co_await send_text(peer, "echo " + text);
  }
}

class Sockets : public tests::EveryWorld {};
INSTANTIATE_TEST_SUITE_P(Pollers, Sockets, tests::kEveryKind, tests::name_of);

// LOOP-35
TEST_P(Sockets, AnEchoOverTcp) {
  constexpr auto body = []() -> Coroutine<> {
    Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
    const auto server = create_task(serve_one(listener));
    {
      Socket client = Socket::stream(AF_INET);
      co_await sock_connect(client, listener.address());
      for (const char* word : {"one", "two"}) {
        co_await send_text(client, word);
        EXPECT_EQ(co_await recv_text(client), std::string("echo ") + word);
      }
    }
    co_await server;  // it saw the end of the stream
  };
  run(body(), loop);
}

// LOOP-35
TEST_P(Sockets, ACancelledCallLeavesNothingRegistered) {
  constexpr auto body = []() -> Coroutine<> {
    Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
    const auto accept = create_task(sock_accept(listener));
    co_await sleep(scheduler::Duration::zero());
    EXPECT_EQ(get_running_loop().watched(), 1u);
    accept.cancel();
    EXPECT_THROW(static_cast<void>(co_await accept), scheduler::CancelledError);
    // Somebody else may wait now.
    const auto again = create_task(sock_accept(listener));
    co_await sleep(scheduler::Duration::zero());
    again.cancel();
    EXPECT_THROW(static_cast<void>(co_await again), scheduler::CancelledError);
    listener.close();
    EXPECT_EQ(get_running_loop().watched(), 0u);
  };
  run(body(), loop);
}

// I2
TEST_P(Sockets, ClosingOneUnderATaskThatWaitsEndsTheWait) {
  constexpr auto body = []() -> Coroutine<> {
    for (const bool cancelled : {false, true}) {
      Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
      const auto accept = create_task(sock_accept(listener));
      co_await sleep(scheduler::Duration::zero());
      listener.close();
      if (cancelled) {
        accept.cancel();
      }
      co_await sleep(scheduler::Duration::zero());
      EXPECT_TRUE(accept.done());
      EXPECT_EQ(accept.cancelled(), cancelled);
      if (accept.done() && !cancelled) {
        EXPECT_EQ(describe(accept.exception()),
                  "std::system_error: readable: Bad file descriptor");
      }
    }
  };
  loop.create_task(body());
  for (int i = 0; i < 8; ++i) {
    world.turn();
  }
  EXPECT_TRUE(loop.tasks().empty());
}

// The socket is a local of main: it goes before the task that waits is ended.
TEST_P(Sockets, ATaskLeftWaitingAtASocketThatGoesDoesNotKeepARunFromEnding) {
  const tests::Reports reports;  // nobody asks the task what became of it
  constexpr auto body = []() -> Coroutine<> {
    Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
    create_task(sock_accept(listener));
    co_await sleep(scheduler::Duration::zero());
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

TEST_P(Sockets, MoreThanTheKernelBuffersIsSentInPieces) {
  static constexpr size_t kSize = 4 << 20;
  constexpr auto drain = [](Socket socket) -> Coroutine<size_t> {
    std::vector<std::byte> buffer(1 << 16);
    size_t total = 0;
    while (const size_t count = co_await sock_recv(socket, buffer)) {
      total += count;
    }
    co_return total;
  };
  constexpr auto body = [drain]() -> Coroutine<> {
    auto [left, right] = socket_pair();
    const auto reader = create_task(drain(std::move(right)));
    const std::string text(kSize, 'x');
    co_await send_text(left, text);
    left.close();
    EXPECT_EQ(co_await reader, kSize);
  };
  run(body(), loop);
}

TEST_P(Sockets, ARefusedConnectionIsAnErrorThatNamesTheCall) {
  constexpr auto body = []() -> Coroutine<> {
    Socket listener = Socket::listening(Address::tcp("127.0.0.1", 0));
    const Address nobody = listener.address();
    listener.close();
    Socket client = Socket::stream(AF_INET);
    try {
      co_await sock_connect(client, nobody);
      ADD_FAILURE() << "it must be refused";
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code().value(), ECONNREFUSED);
      EXPECT_TRUE(std::string_view(error.what()).starts_with("connect"));
    }
  };
  run(body(), loop);
}

TEST_P(Sockets, SendingToAVanishedPeerIsAnErrorAndNoSignal) {
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    right.close();
    EXPECT_THROW(co_await send_text(left, "x"), std::system_error);
  };
  run(body(), loop);
}

TEST_P(Sockets, TwoTasksCannotReadOneSocket) {
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    const auto first = create_task(recv_text(left));
    co_await sleep(scheduler::Duration::zero());
    EXPECT_THROW(co_await recv_text(left), std::runtime_error);
    co_await send_text(right, "x");
    EXPECT_EQ(co_await first, "x");
  };
  run(body(), loop);
}

// A closed number may be given out again at once; the new socket must be
// watched anew.
TEST_P(Sockets, ANumberThatIsUsedAgainIsANewSocket) {
  constexpr auto body = []() -> Coroutine<> {
    for (int round = 0; round < 3; ++round) {
      auto [left, right] = socket_pair();
      const auto reader = create_task(recv_text(left));
      co_await sleep(scheduler::Duration::zero());
      co_await send_text(right, "x");
      EXPECT_EQ(co_await reader, "x");
    }
  };
  run(body(), loop);
}

// I2: by whomever it is dropped.
TEST_P(Sockets, OneDroppedInAWrongThreadLeavesTheTableBeforeItsNumberIsFree) {
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    const auto reader = create_task(recv_text(left));
    co_await sleep(scheduler::Duration::zero());
    co_await send_text(right, "x");
    EXPECT_EQ(co_await reader, "x");
    EXPECT_EQ(get_running_loop().watched(), 1u);  // it may come back
    const int number = left.fd();
    std::thread([&dropped = left] {
      const Socket gone = std::move(dropped);
    }).join();
    EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
    co_await sleep(scheduler::Duration::zero());
    co_await sleep(scheduler::Duration::zero());
    EXPECT_EQ(fcntl(number, F_GETFD), -1);
    EXPECT_EQ(get_running_loop().watched(), 0u);
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 1u);
}

// Another thread than the loop's may have forked: there is no loop to leave the
// socket to.
TEST_P(Sockets, AForkedChildClosesWhatItDropsAndItsParentReadsOn) {
  const tests::Reports reports;
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    const auto reader = create_task(recv_text(left));
    co_await sleep(scheduler::Duration::zero());
    co_await send_text(right, "x");
    EXPECT_EQ(co_await reader, "x");
    EventLoop& parents = get_running_loop();
    int status = -1;
    std::thread([&, &dropped = left] {
      const pid_t child = fork();
      if (child == 0) {
        int failures = 0;
        try {
          parents.call_soon_threadsafe([] {});
          ++failures;
        } catch (const std::logic_error&) {
        }
        const int number = dropped.fd();
        { const Socket gone = std::move(dropped); }
        failures += fcntl(number, F_GETFD) == -1 ? 0 : 1;
        _exit(failures);
      }
      waitpid(child, &status, 0);
    }).join();
    EXPECT_EQ(status, 0);
    co_await send_text(right, "y");
    EXPECT_EQ(co_await recv_text(left), "y");
  };
  run(body(), loop);
  EXPECT_EQ(reports.messages.size(), 0u);
}

TEST(SocketsDeathTest, WithoutMemoryToHandASocketOverTheProgramEnds) {
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    const auto reader = create_task(recv_text(left));
    co_await sleep(scheduler::Duration::zero());
    co_await send_text(right, "x");
    co_await reader;
    std::thread([&dropped = left] {
      const tests::RefuseAllocation refuse(0);
      const Socket gone = std::move(dropped);
    }).join();
  };
  EXPECT_DEATH(run(body()), "terminate called");
}

TEST_P(Sockets, UnixDomainSocketsWorkAlike) {
  constexpr auto body = []() -> Coroutine<> {
    // Not in the test's own folder: such a path has 107 bytes at most.
    std::string folder = "/tmp/sockets_test.XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/s";
    Socket listener = Socket::listening(Address::unix_domain(path));
    const auto server = create_task(serve_one(listener));
    Socket client = Socket::stream(AF_UNIX);
    co_await sock_connect(client, Address::unix_domain(path));
    co_await send_text(client, "x");
    EXPECT_EQ(co_await recv_text(client), "echo x");
    client.close();
    co_await server;
    unlink(path.c_str());
    rmdir(folder.c_str());
  };
  run(body(), loop);
}

// The kernel takes at most three bytes a call, and a signal comes each time.
TEST_P(Sockets, ShortAndInterruptedCallsLoseNothing) {
  static int calls;
  calls = 0;
  const tests::SwapSyscall send(
      &os::Syscalls::send,
      [](int fd, const void* bytes, size_t size, int flags) -> ssize_t {
        if (++calls % 2 == 1) {
          errno = EINTR;
          return -1;
        }
        return ::send(fd, bytes, std::min<size_t>(size, 3), flags);
      });
  constexpr auto body = []() -> Coroutine<> {
    auto [left, right] = socket_pair();
    co_await send_text(left, "0123456789");
    EXPECT_EQ(co_await recv_text(right), "0123456789");
  };
  run(body(), loop);
  EXPECT_EQ(calls, 8);
}

}  // namespace
}  // namespace loop
