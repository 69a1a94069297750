#include "demos/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "demos/support/child_tree.h"
#include "demos/support/http_server.h"
#include "demos/support/scratch_folder.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "scheduler/errors.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

// A peer of one connection that says what a test wants it to say.
class Peer {
 public:
  Peer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    os::check(bind(listener_.get(), generic, size), "bind");
    os::check(listen(listener_.get(), 1), "listen");
    os::check(getsockname(listener_.get(), generic, &size), "getsockname");
    port = ntohs(address.sin_port);
  }
  // Reads the request, sends `text`, closes.
  std::thread saying(std::string text) {
    return std::thread([this, text = std::move(text)] {
      const os::UniqueFd fd(accept(listener_.get(), nullptr, nullptr));
      std::array<char, 4096> buffer;
      recv(fd.get(), buffer.data(), buffer.size(), 0);
      send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
    });
  }
  // Reads a little in each hundredth of a second, until it is told to stop.
  std::thread reading_slowly(const std::atomic<bool>& stop) {
    const int little = 4096;  // the system doubles it; accept() hands it on
    os::check(setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &little,
                         sizeof little),
              "setsockopt");
    return std::thread([this, &stop] {
      const os::UniqueFd fd(accept(listener_.get(), nullptr, nullptr));
      std::vector<char> buffer(100'000);
      while (!stop && recv(fd.get(), buffer.data(), buffer.size(), 0) > 0) {
        poll(nullptr, 0, 10);  // its pace
      }
    });
  }
  uint16_t port = 0;

 private:
  os::UniqueFd listener_;
};

TEST(HttpClient, AnAnswerWithoutLengthEndsWithTheConnection) {
  Peer peer;
  std::thread thread = peer.saying("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  EXPECT_EQ(http_get(peer.port, "/").body, "until the end");
  thread.join();
}

TEST(HttpClient, APeerThatClosesTooEarlyIsAnError) {
  Peer peer;
  std::thread thread =
      peer.saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  EXPECT_THROW(http_get(peer.port, "/"), std::invalid_argument);
  thread.join();
}

TEST(HttpClient, GarbageIsAnError) {
  Peer peer;
  std::thread thread = peer.saying("220 mail.example ESMTP\r\n\r\n");
  EXPECT_THROW(http_get(peer.port, "/"), std::invalid_argument);
  thread.join();
}

// I1
TEST(HttpClient, ASilentPeerIsGivenUp) {
  Peer peer;  // accepts in the system's queue, never reads
  EXPECT_THROW(http_get(peer.port, "/", scheduler::seconds(0.02)),
               scheduler::TimeoutError);
}

// I1: not even a queue that is full makes it wait for ever. The system leaves
// out what it has no room for and tries again for minutes.
TEST(HttpClient, APeerThatLetsNobodyInIsGivenUp) {
  Peer peer;  // its queue has room for two
  std::vector<os::UniqueFd> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back(
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(peer.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(others.back().get(), reinterpret_cast<const sockaddr*>(&address),
            sizeof address);
  }
  EXPECT_THROW(http_get(peer.port, "/", scheduler::seconds(0.02)),
               scheduler::TimeoutError);
}

// What a call with so short a time-out and so long a request complains about.
std::string complaint_at(uint16_t port) {
  const std::string long_target(16'000'000, 'x');
  try {
    http_get(port, "/" + long_target, scheduler::seconds(0.1));
  } catch (const scheduler::TimeoutError& error) {
    return error.what();
  }
  return "none";
}

// I1
TEST(HttpClient, APeerThatDoesNotReadIsGivenUp) {
  Peer peer;
  EXPECT_EQ(complaint_at(peer.port), "the server does not read");
}

// I1: what it takes now and then gains it no time. Were the time-out one for
// each call, all would be sent in the end, and the answer be missed.
TEST(HttpClient, APeerThatReadsALittleNowAndThenIsGivenUp) {
  Peer peer;
  std::atomic<bool> stop = false;
  std::thread thread = peer.reading_slowly(stop);
  EXPECT_EQ(complaint_at(peer.port), "the server does not read");
  stop = true;
  thread.join();
}

// poll() counts milliseconds in an int, and one below zero is for ever.
TEST(HttpClient, ATimeOutOfMonthsIsNotForEver) {
  static int least;
  static decltype(os::Syscalls::poll) before;
  least = 1;
  const HttpServer server({.body_bytes = 10});
  const tests::SwapSyscall swap(&os::Syscalls::poll,
                                [](pollfd* fds, nfds_t size, int timeout) {
                                  least = std::min(least, timeout);
                                  return before(fds, size, timeout);
                                });
  before = swap.before();
  http_get(server.port(), "/", scheduler::seconds(30.0 * 24 * 3600));
  EXPECT_EQ(least, 1);
}

TEST(HttpClient, ARefusedConnectionNamesTheCall) {
  uint16_t nobody = 0;
  { nobody = Peer().port; }
  try {
    http_get(nobody, "/");
    ADD_FAILURE() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ECONNREFUSED);
    EXPECT_NE(std::string(error.what()).find("connect"), std::string::npos);
  }
}

TEST(HttpClient, InterruptedCallsAreTakenUpAgain) {
  static int calls;
  static decltype(os::Syscalls::recv) recv_before;
  static decltype(os::Syscalls::poll) poll_before;
  calls = 0;
  const HttpServer server({.body_bytes = 10});
  recv_before = os::syscalls.recv;
  poll_before = os::syscalls.poll;
  const tests::SwapSyscall recv_swap(
      &os::Syscalls::recv, [](int fd, void* buffer, size_t size, int flags) {
        if (++calls % 2 == 1) {
          errno = EINTR;
          return ssize_t{-1};
        }
        return recv_before(fd, buffer, std::min(size, size_t{7}), flags);
      });
  const tests::SwapSyscall poll_swap(&os::Syscalls::poll,
                                     [](pollfd* fds, nfds_t size, int timeout) {
                                       if (++calls % 3 == 1) {
                                         errno = EINTR;
                                         return -1;
                                       }
                                       return poll_before(fds, size, timeout);
                                     });
  EXPECT_EQ(http_get(server.port(), "/short").body, "/short....");
}

TEST(HttpClient, FetchesFromPythonsServer) {
  if (system("python3 -c 'import http.server' 2> /dev/null") != 0) {
    GTEST_SKIP() << "no python3 with http.server on this machine";
  }
  const ScratchFolder folder;
  std::ofstream(folder.path() + "/page.txt") << "from python";
  os::Pipe pipe = os::make_pipe();
  const ChildTree python([&] {
    dup2(pipe.writer.get(), STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execlp("python3", "python3", "-u", "-m", "http.server", "0", "--bind",
           "127.0.0.1", "--directory", folder.path().c_str(), nullptr);
    _exit(127);
  });
  pipe.writer.reset();
  // "Serving HTTP on 127.0.0.1 port 40213 (http://127.0.0.1:40213/) ..."
  std::string line;
  std::byte byte;
  while (os::read_all(pipe.reader.get(), std::span(&byte, 1)) == 1 &&
         byte != std::byte{'\n'}) {
    line += static_cast<char>(byte);
  }
  const size_t at = line.find(" port ");
  ASSERT_NE(at, std::string::npos) << line;
  const auto port = static_cast<uint16_t>(std::stoi(line.substr(at + 6)));

  EXPECT_EQ(http_get(port, "/page.txt").body, "from python");
  EXPECT_EQ(http_get(port, "/missing").status, 404);
}

}  // namespace
}  // namespace demos::support
