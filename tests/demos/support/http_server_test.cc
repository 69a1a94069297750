#include "demos/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "demos/support/eventually.h"
#include "demos/support/http.h"
#include "demos/support/http_client.h"
#include "demos/support/json.h"
#include "gtest/gtest.h"
#include "os/io.h"
#include "os/proc.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "tests/support/swap_syscall.h"

namespace demos::support {
namespace {

scheduler::TimePoint now() {
  return scheduler::SteadyClock::instance().now();
}

os::UniqueFd connect_to(uint16_t port, in_addr_t host = INADDR_LOOPBACK) {
  os::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  os::check(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                    sizeof address),
            "connect");
  return fd;
}

// What the server sends until it closes.
std::string all_from(const os::UniqueFd& fd) {
  std::string text;
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = recv(fd.get(), buffer.data(), buffer.size(), 0)) > 0) {
    text.append(buffer.data(), static_cast<size_t>(count));
  }
  return text;
}

std::string answer_to(uint16_t port, std::string_view request) {
  const os::UniqueFd fd = connect_to(port);
  os::write_all(fd.get(), os::bytes_of(request));
  return all_from(fd);
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   &pclose);
  std::string text;
  for (int c = 0; (c = fgetc(pipe.get())) != EOF;) {
    text += static_cast<char>(c);
  }
  return text;
}

TEST(HttpServer, AnswersWithABodyOfTheGivenSize) {
  const HttpServer server({.body_bytes = 50});
  const Response response = http_get(server.port(), "/item/7");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "/item/7" + std::string(43, '.'));
}

TEST(HttpServer, AnswersJsonWhereItIsAskedForIt) {
  const HttpServer server({});
  const Json answer = Json::parse(http_get(server.port(), "/json/12").body);
  EXPECT_EQ(answer.at("id").string(), "12");
  EXPECT_EQ(answer.at("text").string(), "line for 12");
}

// I1
TEST(HttpServer, NoAnswerComesBeforeItsLatency) {
  const HttpServer server({.latency_ms = 30});
  const auto start = now();
  http_get(server.port(), "/");
  EXPECT_GE(now() - start, scheduler::seconds(0.030));
}

// Twenty wait together: in a row they would take 20 latencies.
TEST(HttpServer, WaitingRequestsDoNotWaitForEachOther) {
  const HttpServer server({.latency_ms = 100});
  const auto start = now();
  std::vector<std::thread> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back([&] { http_get(server.port(), "/"); });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_LT(now() - start, scheduler::seconds(1.5));
}

// I2: the first answer is free, each further one waits for its slot.
TEST(HttpServer, ARateLimitsAnswersPerSecond) {
  const HttpServer server({.rate = 100});
  const auto start = now();
  for (int i = 0; i < 6; ++i) {
    http_get(server.port(), "/");
  }
  EXPECT_GE(now() - start, scheduler::seconds(0.050));
}

// With slots of eleven days, counted from the first answer and not from the
// beginning of the clock.
TEST(HttpServer, TheFirstAnswerWaitsForNoSlot) {
  const HttpServer server({.rate = kLowestRate});
  EXPECT_EQ(http_get(server.port(), "/", scheduler::seconds(5)).status, 200);
}

TEST(HttpServer, JitterKeepsLatenciesBetweenHalfAndOneAndAHalf) {
  const HttpServer server({.latency_ms = 20, .jitter = 3});
  for (int i = 0; i < 5; ++i) {
    const auto start = now();
    http_get(server.port(), "/");
    EXPECT_GE(now() - start, scheduler::seconds(0.010));
  }
}

TEST(HttpServer, AConnectionIsKeptForTheNextRequest) {
  const HttpServer server({.body_bytes = 2, .keep_alive = true});
  const std::string text = answer_to(
      server.port(), format_request("/a", true) + format_request("/b", false));
  EXPECT_EQ(text, format_response(200, "text/plain", "/a", true) +
                      format_response(200, "text/plain", "/b", false));
}

TEST(HttpServer, AConnectionIsClosedUnlessKeepingIsOn) {
  const HttpServer server({.body_bytes = 2});
  EXPECT_EQ(answer_to(server.port(), format_request("/a", true)),
            format_response(200, "text/plain", "/a", false));
}

// I5: a server that listens everywhere is found at every address of the
// loopback.
TEST(HttpServer, ListensOnTheLoopbackOnly) {
  const HttpServer server({});
  EXPECT_TRUE(connect_to(server.port()));
  try {
    const os::UniqueFd fd = connect_to(server.port(), INADDR_LOOPBACK + 1);
    ADD_FAILURE() << "somebody answers at 127.0.0.2";
  } catch (const std::system_error& refused) {
    EXPECT_EQ(refused.code(), std::errc::connection_refused);
  }
}

// I5
TEST(HttpServer, HasNothingOpenThatItsMakerHad) {
  const os::Pipe mine = os::make_pipe();
  const std::string pipe = std::filesystem::read_symlink(
      "/proc/self/fd/" + std::to_string(mine.reader.get()));
  const HttpServer server({});
  for (const pid_t pid : os::tree_of(getpid())) {
    for (const std::string& held : os::open_descriptors(pid)) {
      EXPECT_TRUE(pid == getpid() || !held.ends_with(pipe)) << held;
    }
  }
}

TEST(HttpServer, GarbageIsAnsweredByARefusal) {
  const HttpServer server({});
  EXPECT_TRUE(answer_to(server.port(), "hello\r\n\r\n")
                  .starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(answer_to(server.port(), "PUT / HTTP/1.0\r\n\r\n")
                  .starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_TRUE(answer_to(server.port(), std::string(2 * kMaxHead, 'x'))
                  .starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST(HttpServer, WhatIsNoRequestForAPathWithoutBodyIsRefused) {
  const HttpServer server({});
  for (const char* const request :
       {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n", "GET item/7 HTTP/1.1\r\n\r\n"}) {
    EXPECT_TRUE(answer_to(server.port(), request)
                    .starts_with("HTTP/1.1 400 Bad Request\r\n"))
        << request;
  }
}

TEST(HttpServer, HeadIsAnsweredLikeGetWithoutTheBody) {
  const HttpServer server({.body_bytes = 50, .keep_alive = true});
  const std::string get =
      answer_to(server.port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(
      answer_to(server.port(), "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"),
      without_body(get));
}

// I4: no request, half a request, none but the first.
TEST(HttpServer, AClientWhoAsksNothingIsSentAway) {
  const HttpServer hasty({.patience_s = 0.05});
  EXPECT_EQ(answer_to(hasty.port(), ""), "");
  EXPECT_EQ(answer_to(hasty.port(), "GET / HT"), "");
  // Long enough for a request to come on a busy machine.
  const HttpServer patient({.keep_alive = true, .patience_s = 1});
  EXPECT_TRUE(answer_to(patient.port(), format_request("/", true))
                  .starts_with("HTTP/1.1 200 OK\r\n"));
}

// I4: the latency is not the client's fault.
TEST(HttpServer, PatienceIsForTheClientAndNotForItsOwnLatency) {
  const HttpServer server({.latency_ms = 1500, .patience_s = 1});
  EXPECT_EQ(http_get(server.port(), "/").status, 200);
}

// Sends until the server has closed; false if it took more than `most` bytes.
bool is_cut_off(const os::UniqueFd& fd, size_t most) {
  const std::string piece(4096, 'x');
  for (size_t sent = 0; sent < most; sent += piece.size()) {
    if (send(fd.get(), piece.data(), piece.size(), MSG_NOSIGNAL) == -1) {
      return errno == ECONNRESET || errno == EPIPE;
    }
  }
  return false;
}

// The buffers of the system take some megabytes more than the server reads.
TEST(HttpServer, AClientWhoGoesOnAfterARefusalIsCutOff) {
  const HttpServer server({});
  const os::UniqueFd fd = connect_to(server.port());
  os::write_all(fd.get(), os::bytes_of("hello\r\n\r\n"));
  EXPECT_TRUE(is_cut_off(fd, size_t{256} << 20));
}

TEST(HttpServer, AClientWhoStaysAfterARefusalIsSentAway) {
  const HttpServer server({.patience_s = 0.05});
  const os::UniqueFd fd = connect_to(server.port());
  os::write_all(fd.get(), os::bytes_of("hello\r\n\r\n"));
  all_from(fd);  // to its end of sending; then it closes
  EXPECT_TRUE(
      eventually([&] { return send(fd.get(), "x", 1, MSG_NOSIGNAL) == -1; }));
}

// The sockets of the one child that this process has.
size_t sockets_of_server() {
  size_t count = 0;
  for (const pid_t pid : os::tree_of(getpid())) {
    for (const std::string& held : os::open_descriptors(pid)) {
      count += pid != getpid() && held.find("-> socket:") != std::string::npos;
    }
  }
  return count;
}

// I4: an answer larger than all buffers, and nobody reads it.
TEST(HttpServer, AClientWhoDoesNotReadIsSentAway) {
  const HttpServer server({.body_bytes = 16 << 20, .patience_s = 1});
  const size_t idle = sockets_of_server();
  for (const bool has_more_to_say : {true, false}) {
    const os::UniqueFd fd = connect_to(server.port());
    os::write_all(fd.get(), os::bytes_of(format_request("/", false)));
    if (!has_more_to_say) {
      shutdown(fd.get(), SHUT_WR);
    }
    char first = 0;
    ASSERT_EQ(recv(fd.get(), &first, 1, 0), 1);
    EXPECT_TRUE(eventually([&] { return sockets_of_server() == idle; }));
  }
}

// I3
TEST(HttpServer, ClientsThatVanishDisturbNobody) {
  const HttpServer server({.latency_ms = 20});
  for (int i = 0; i < 50; ++i) {
    const os::UniqueFd fd = connect_to(server.port());
    const linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    os::write_all(fd.get(), os::bytes_of("GET / HTTP/1.1\r\n\r\nGET /"));
  }
  EXPECT_EQ(http_get(server.port(), "/").status, 200);
}

// I3: the failing accept is in the child, which inherits the swapped table.
TEST(HttpServer, RunningOutOfDescriptorsTurnsAwayAndGoesOn) {
  static int refused;
  static decltype(os::Syscalls::accept4) original;
  refused = 0;
  original = os::syscalls.accept4;
  const tests::SwapSyscall swap(
      &os::Syscalls::accept4,
      [](int fd, sockaddr* address, socklen_t* size, int flags) {
        if (refused < 1) {
          ++refused;
          errno = EMFILE;
          return -1;
        }
        return original(fd, address, size, flags);
      });
  const HttpServer server({});
  EXPECT_EQ(answer_to(server.port(), format_request("/", false)), "");
  EXPECT_EQ(http_get(server.port(), "/").status, 200);
}

TEST(HttpServer, AServerThatCannotListenSaysSo) {
  const tests::SwapSyscall swap(&os::Syscalls::bind,
                                [](int, const sockaddr*, socklen_t) {
                                  errno = EADDRINUSE;
                                  return -1;
                                });
  EXPECT_THROW(HttpServer({}), std::runtime_error);
}

TEST(HttpServer, IsGoneWithItsObject) {
  uint16_t port = 0;
  {
    const HttpServer server({});
    port = server.port();
  }
  EXPECT_THROW(http_get(port, "/"), std::system_error);
}

TEST(HttpServer, AnswersCurl) {
  if (system("command -v curl > /dev/null") != 0) {
    GTEST_SKIP() << "no curl on this machine";
  }
  const HttpServer server({.latency_ms = 5, .body_bytes = 10});
  const std::string base =
      "curl -sS http://127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(output_of(base + "/item/1"), "/item/1...");
  EXPECT_EQ(output_of(base + "/json/5 2>&1"),
            "{\"id\": \"5\", \"text\": \"line for 5\"}");
  EXPECT_EQ(output_of(base + "/a http://127.0.0.1:" +
                      std::to_string(server.port()) + "/b"),
            "/a......../b........");
  EXPECT_EQ(output_of(base + "/ -X PUT -o /dev/null -w '%{http_code}'"), "405");
}

}  // namespace
}  // namespace demos::support
