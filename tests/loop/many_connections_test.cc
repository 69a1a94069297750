// Ten thousand clients at once, all of them alive and served by one thread.
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/readiness.h"
#include "loop/run.h"
#include "loop/server.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"

namespace loop {
namespace {

constexpr uint32_t kClients = 10'000;
constexpr uint32_t kSpare = 100;

struct Alive {
  uint32_t now = 0;
  uint32_t most = 0;
};

Coroutine<> echo(StreamReader reader, StreamWriter writer, Alive* alive) {
  alive->most = std::max(alive->most, ++alive->now);
  for (;;) {
    const std::string message = co_await reader.read(64);
    if (message.empty()) {
      --alive->now;
      co_return;
    }
    writer.write(message);
    co_await writer.drain();
  }
}

void send_number(const os::UniqueFd& client, uint32_t number) {
  os::write_all(client.get(), std::as_bytes(std::span(&number, 1)));
}
bool answered(const os::UniqueFd& client, uint32_t number) {
  uint32_t answer = 0;
  return os::read_all(client.get(), std::as_writable_bytes(std::span(
                                        &answer, 1))) == sizeof answer &&
         answer == number;
}

// The clients' process: blocking calls, nothing of the loop. One question while
// the others connect, so that the queue of the server never fills up; then one
// from each while all are there.
bool be_all_clients(uint16_t port) {
  const Address server = Address::tcp("127.0.0.1", port);
  std::vector<os::UniqueFd> clients;
  for (uint32_t i = 0; i < kClients; ++i) {
    clients.emplace_back(os::check(
        os::syscalls.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    os::check(
        os::syscalls.connect(clients[i].get(), server.data(), server.size()),
        "connect");
    send_number(clients[i], i);
    if (!answered(clients[i], i)) {
      return false;
    }
  }
  for (uint32_t i = 0; i < kClients; ++i) {
    send_number(clients[i], ~i);
  }
  for (uint32_t i = 0; i < kClients; ++i) {
    if (!answered(clients[i], ~i)) {
      return false;
    }
  }
  return true;
}

Coroutine<> serve_until_the_clients_end(int tell_port, int clients_end,
                                        Alive* alive) {
  const Server server = start_server(
      [alive](StreamReader reader, StreamWriter writer) {
        return echo(std::move(reader), std::move(writer), alive);
      },
      "127.0.0.1", 0);
  const uint16_t port = server.address().port();
  os::write_all(tell_port, std::as_bytes(std::span(&port, 1)));
  co_await readable(clients_end);
}

TEST(ManyConnections, TenThousandLiveOnesAreServed) {
  rlimit descriptors = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &descriptors), 0);
  if (descriptors.rlim_max < kClients + kSpare) {
    GTEST_SKIP() << "the hard limit of descriptors is " << descriptors.rlim_max;
  }
  const rlimit before = descriptors;
  descriptors.rlim_cur = descriptors.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &descriptors), 0);

  os::Pipe port_pipe = os::make_pipe();
  os::Pipe end_pipe = os::make_pipe();
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    port_pipe.writer.reset();
    uint16_t port = 0;
    os::read_all(port_pipe.reader.get(),
                 std::as_writable_bytes(std::span(&port, 1)));
    _exit(be_all_clients(port) ? 0 : 1);
  }
  end_pipe.writer.reset();  // the child's end closes with the child
  Alive alive;
  run(serve_until_the_clients_end(port_pipe.writer.get(), end_pipe.reader.get(),
                                  &alive));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(alive.most, kClients);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace loop
