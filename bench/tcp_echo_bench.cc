// How fast a server answers: messages of 64 bytes over the loopback, each
// client with one in flight; clients and server share one CPU.
//
// LimitEpoll  a server of some thirty lines: epoll, read, write, nothing else
// Streams     start_server(), and a coroutine per client that reads and writes
//
// One iteration is one request, the argument the number of connections, all of
// them busy. Columns: items_per_second is the rate of requests; p99_us how long
// 99 of 100 waited at most; server_us the server's CPU time for one, which
// other programs on the machine disturb least. Targets for Streams/100: at
// least 0.95 times LimitEpoll's rate, p99 at most 1.1 times. 10,000 connections
// take 10,000 descriptors on either side (ulimit -n).
//
//   bazel run --config=bench //bench:tcp_echo_bench
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "loop/address.h"
#include "loop/coroutine.h"
#include "loop/future.h"
#include "loop/run.h"
#include "loop/server.h"
#include "loop/stream_reader.h"
#include "loop/stream_writer.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"

namespace {

using loop::Address;
using loop::Coroutine;
using scheduler::TimePoint;

constexpr size_t kMessage = 64;

// --- The servers. Each writes its port to `ready` and serves until killed.

using ServerMain = void (*)(int ready);

void tell_port(int ready, uint16_t port) {
  os::write_all(ready, std::as_bytes(std::span(&port, 1)));
}

void watch(int epoll, int fd) {
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.fd = fd;
  os::check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl(ADD)");
}

void send_at_once(int fd) {
  const int on = 1;
  os::check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on),
            "setsockopt(TCP_NODELAY)");
}

void serve_with_epoll(int ready) {
  const int listener =
      os::check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const Address any = Address::tcp("127.0.0.1", 0);
  os::check(bind(listener, any.data(), any.size()), "bind");
  os::check(listen(listener, 1024), "listen");
  send_at_once(listener);  // and so do its connections
  const int epoll = os::check(epoll_create1(0), "epoll_create1");
  watch(epoll, listener);
  tell_port(ready, Address::of_socket(listener).port());
  for (;;) {
    epoll_event events[256];
    const int count =
        os::check(epoll_wait(epoll, events, 256, -1), "epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        watch(epoll, os::check(accept4(fd, nullptr, nullptr, SOCK_NONBLOCK),
                               "accept4"));
        continue;
      }
      char message[4096];
      const ssize_t size = read(fd, message, sizeof message);
      if (size <= 0 || write(fd, message, static_cast<size_t>(size)) != size) {
        close(fd);
      }
    }
  }
}

Coroutine<> echo(loop::StreamReader reader, loop::StreamWriter writer) {
  for (;;) {
    const std::string message = co_await reader.read(4096);
    if (message.empty()) {
      co_return;
    }
    writer.write(message);
    co_await writer.drain();
  }
}

Coroutine<> serve_for_ever(int ready) {
  const loop::Server server = loop::start_server(&echo, "127.0.0.1", 0);
  tell_port(ready, server.address().port());
  co_await loop::Future<void>();
}

void serve_with_streams(int ready) {
  loop::run(serve_for_ever(ready));
}

// A server in a process of its own.
class ServerProcess {
 public:
  explicit ServerProcess(ServerMain server_main) {
    os::Pipe pipe = os::make_pipe();
    pid_ = os::check(os::syscalls.fork(), "fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      server_main(pipe.writer.get());
      _exit(1);
    }
    os::read_all(pipe.reader.get(),
                 std::as_writable_bytes(std::span(&port_, 1)));
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  uint16_t port() const { return port_; }
  // So far, in seconds.
  double cpu_time() const {
    clockid_t clock;
    timespec time = {};
    if (clock_getcpuclockid(pid_, &clock) != 0 ||
        clock_gettime(clock, &time) != 0) {
      os::throw_errno("clock_gettime");
    }
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_nsec) * 1e-9;
  }

 private:
  pid_t pid_ = 0;
  uint16_t port_ = 0;
};

// --- The clients, one loop over epoll for all, the same for every server.

class Clients {
 public:
  Clients(uint16_t port, size_t count) : clients_(count) {
    const Address server = Address::tcp("127.0.0.1", port);
    for (Client& client : clients_) {
      client.fd = os::UniqueFd(
          os::check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
      os::check(connect(client.fd.get(), server.data(), server.size()),
                "connect");
      send_at_once(client.fd.get());
      epoll_event event = {};
      event.events = EPOLLIN;
      event.data.ptr = &client;
      os::check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.fd.get(), &event),
                "epoll_ctl(ADD)");
    }
    for (Client& client : clients_) {
      ask(client);
    }
  }

  // Takes one answer and asks anew.
  void take_one() {
    do {
      if (next_ == ready_) {
        next_ = 0;
        ready_ = os::check(epoll_wait(epoll_.get(), events_.data(), kBatch, -1),
                           "epoll_wait");
      }
    } while (!take(
        *static_cast<Client*>(events_[static_cast<size_t>(next_++)].data.ptr)));
  }

  // How long 99 of 100 answers took at most, in microseconds.
  double p99() {
    if (samples_.empty()) {
      return 0;
    }
    const auto at =
        samples_.begin() + static_cast<ptrdiff_t>(samples_.size() / 100 * 99);
    std::nth_element(samples_.begin(), at, samples_.end());
    return *at * 1e6;
  }

 private:
  static constexpr int kBatch = 256;
  struct Client {
    os::UniqueFd fd;
    TimePoint asked;
    size_t missing = 0;  // of the answer
  };

  void ask(Client& client) {
    static constexpr std::array<char, kMessage> kText = {'p', 'i', 'n', 'g'};
    client.missing = kMessage;
    client.asked = scheduler::SteadyClock::instance().now();
    if (write(client.fd.get(), kText.data(), kMessage) != ssize_t{kMessage}) {
      os::throw_errno("write");
    }
  }
  bool take(Client& client) {
    std::array<char, kMessage> answer;
    const ssize_t size = read(client.fd.get(), answer.data(), client.missing);
    if (size <= 0) {
      os::throw_errno("read");
    }
    client.missing -= static_cast<size_t>(size);
    if (client.missing > 0) {
      return false;
    }
    samples_.push_back(static_cast<float>(scheduler::in_seconds(
        scheduler::SteadyClock::instance().now() - client.asked)));
    ask(client);
    return true;
  }

  const os::UniqueFd epoll_{
      os::check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")};
  std::vector<Client> clients_;
  std::array<epoll_event, kBatch> events_;
  int ready_ = 0;
  int next_ = 0;
  std::vector<float> samples_;  // seconds
};

// Server and clients on the first CPU that this process may use.
void stay_on_one_cpu() {
  cpu_set_t cpus;
  os::check(sched_getaffinity(0, sizeof cpus, &cpus), "sched_getaffinity");
  int first = 0;
  while (!CPU_ISSET(first, &cpus)) {
    ++first;
  }
  CPU_ZERO(&cpus);
  CPU_SET(first, &cpus);
  os::check(sched_setaffinity(0, sizeof cpus, &cpus), "sched_setaffinity");
}

void requests(benchmark::State& state, ServerMain server_main) {
  const auto connections = static_cast<size_t>(state.range(0));
  rlimit descriptors = {};
  os::check(getrlimit(RLIMIT_NOFILE, &descriptors), "getrlimit");
  descriptors.rlim_cur = descriptors.rlim_max;
  os::check(setrlimit(RLIMIT_NOFILE, &descriptors), "setrlimit");
  if (descriptors.rlim_cur < connections + 100) {
    state.SkipWithError("too few descriptors: see ulimit -Hn");
    return;
  }
  stay_on_one_cpu();
  const ServerProcess server(server_main);
  Clients clients(server.port(), connections);
  for (size_t i = 0; i < connections; ++i) {
    clients.take_one();  // each has been accepted and answered once
  }
  const double before = server.cpu_time();
  for (auto _ : state) {
    clients.take_one();
  }
  const auto count = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.counters["server_us"] = (server.cpu_time() - before) / count * 1e6;
  state.counters["p99_us"] = clients.p99();
}

void sizes(benchmark::internal::Benchmark* row) {
  row->Arg(1)->Arg(100)->Arg(10'000)->UseRealTime();
}
BENCHMARK_CAPTURE(requests, epoll, &serve_with_epoll)
    ->Name("LimitEpoll")
    ->Apply(sizes);
BENCHMARK_CAPTURE(requests, streams, &serve_with_streams)
    ->Name("Streams")
    ->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
