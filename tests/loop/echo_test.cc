// An echo server whose clients do what clients do: connect, ask, stop in the
// middle of a line, send and never read, reset, vanish. Each by the dice of a
// seed, in a process of their own. When they have gone, so has all that the
// server held for them: descriptors and memory are as they were when as many
// had come and gone before.
//
// CONNECTIONS says how many there are at a time and SECONDS for how long;
// //tests/loop:echo_soak_test has ten thousand for a minute.
#include <errno.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
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
#include "loop/sync/event.h"
#include "os/io.h"
#include "os/syscall.h"
#include "os/unique_fd.h"
#include "scheduler/clock.h"
#include "tests/loop/support.h"
#include "tests/support/environment.h"
#include "tests/support/footprint.h"

namespace loop {
namespace {

constexpr unsigned kSeed = 20240613;
constexpr size_t kSpareDescriptors = 100;
constexpr size_t kMuch = 100'000;  // bytes: more than the server keeps
constexpr size_t kKeptHeap = 64 * 1024;

template <class T>
void tell(int fd, T value) {
  os::write_all(fd, std::as_bytes(std::span(&value, 1)));
}
template <class T>
T told(int fd) {
  T value{};
  if (os::read_all(fd, std::as_writable_bytes(std::span(&value, 1))) !=
      sizeof value) {
    throw std::runtime_error("the other process has gone");
  }
  return value;
}

// One client: a blocking socket, and what it has begun to ask.
class Client {
 public:
  bool connected() const { return bool{socket_}; }

  void connect(uint16_t port) {
    const Address server = Address::tcp("127.0.0.1", port);
    socket_.reset(os::check(
        os::syscalls.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    // To find a server that does not answer, not one that is slow.
    const timeval patience = {.tv_sec = 20, .tv_usec = 0};
    set(SO_RCVTIMEO, patience);
    set(SO_SNDTIMEO, patience);
    os::check(os::syscalls.connect(socket_.get(), server.data(), server.size()),
              "connect");
    asked_.clear();
    reads_ = true;
  }
  // Ends the line that it is at, and waits until it has all of it back.
  void ask(const std::string& text) {
    begin_line(text + "\n");
    std::string answer(asked_.size(), ' ');
    os::read_all(socket_.get(), std::as_writable_bytes(std::span(answer)));
    if (answer != asked_) {
      throw std::runtime_error("a wrong answer");
    }
    asked_.clear();
  }
  void begin_line(const std::string& text) {
    os::write_all(socket_.get(), os::bytes_of(text));
    asked_ += text;
  }
  // As much as fits on the way to the server, never to be read here.
  void flood() {
    const std::string much(kMuch, 'x');
    os::syscalls.send(socket_.get(), much.data(), much.size(),
                      MSG_DONTWAIT | MSG_NOSIGNAL);
    reads_ = false;
  }
  bool reads() const { return reads_; }

  void reset() {
    set(SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    socket_.reset();
  }
  void vanish() { socket_.reset(); }

 private:
  template <class T>
  void set(int option, const T& value) {
    os::check(os::syscalls.setsockopt(socket_.get(), SOL_SOCKET, option, &value,
                                      sizeof value),
              "setsockopt");
  }

  os::UniqueFd socket_;
  std::string asked_;  // the begin of a line
  bool reads_ = true;
};

// The clients' process.
class Crowd {
 public:
  Crowd(uint16_t port, size_t size) : port_(port), clients_(size) {}

  // All of them at once, then none.
  void come_and_go() {
    for (Client& client : clients_) {
      arrive(client);
    }
    for (Client& client : clients_) {
      client.vanish();
    }
  }
  void live_for(scheduler::Duration time) {
    const auto& clock = scheduler::SteadyClock::instance();
    const auto end = clock.now() + time;
    while (clock.now() < end) {
      act(clients_[roll(clients_.size())]);
    }
    for (Client& client : clients_) {
      client.vanish();
    }
  }
  uint64_t connections() const { return connections_; }

 private:
  size_t roll(size_t bound) { return dice_() % bound; }

  void arrive(Client& client) {
    client.connect(port_);
    ++connections_;
    client.ask("hello");  // so that the server's queue never fills up
  }
  void act(Client& client) {
    if (!client.connected()) {
      arrive(client);
      return;
    }
    const size_t what = roll(64);
    if (what < 4) {
      client.reset();
    } else if (what < 8) {
      client.vanish();
    } else if (!client.reads()) {
      return;  // stalls
    } else if (what == 8) {
      client.flood();
    } else if (what < 24) {
      client.begin_line("half a ");
    } else {
      client.ask(std::to_string(dice_()));
    }
  }

  const uint16_t port_;
  std::vector<Client> clients_;
  std::mt19937 dice_{kSeed};
  uint64_t connections_ = 0;
};

// Two acts, of which the first shows the server all there will be. At the end
// of each it is told how many connections there have been, and answers when it
// has seen the last of them go.
[[noreturn]] void be_the_clients(int from_server, int to_server, size_t size,
                                 scheduler::Duration time) {
  try {
    Crowd crowd(told<uint16_t>(from_server), size);
    crowd.come_and_go();
    crowd.live_for(time / 10);
    tell(to_server, crowd.connections());
    told<char>(from_server);
    crowd.live_for(time);
    tell(to_server, crowd.connections());
    told<char>(from_server);
    _exit(0);
  } catch (const std::exception& error) {
    fprintf(stderr, "the clients: %s\n", error.what());
  }
  _exit(1);
}

// Who is at the server.
class Census {
 public:
  class Guest {
   public:
    explicit Guest(Census& census) : census_(census) {
      ++census_.now_;
      ++census_.ever_;
      census_.most_ = std::max(census_.most_, census_.now_);
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;
    ~Guest() {
      --census_.now_;
      census_.changed_.set();
    }

   private:
    Census& census_;
  };

  size_t most() const { return most_; }
  Coroutine<> until_all_have_gone(uint64_t ever) {
    while (ever_ < ever || now_ > 0) {
      changed_.clear();
      co_await changed_.wait();
    }
  }

 private:
  size_t now_ = 0;
  size_t most_ = 0;
  uint64_t ever_ = 0;
  sync::Event changed_;
};

Coroutine<> echo(StreamReader reader, StreamWriter writer, Census* census) {
  const Census::Guest guest(*census);
  try {
    for (;;) {
      const std::string bytes = co_await reader.read(4096);
      if (bytes.empty()) {
        co_return;
      }
      writer.write(bytes);
      co_await writer.drain();
    }
  } catch (const std::system_error&) {
    // Reset, or vanished with an answer on its way.
  }
}

struct Seen {
  tests::Footprint begin;
  tests::Footprint end;
  uint64_t connections = 0;
  size_t most = 0;
};

Coroutine<> serve_two_acts(int to_clients, int from_clients, Seen* seen) {
  Census census;
  const Server server = start_server(
      [&census](StreamReader reader, StreamWriter writer) {
        return echo(std::move(reader), std::move(writer), &census);
      },
      "127.0.0.1", 0);
  tell(to_clients, server.address().port());
  for (tests::Footprint* footprint : {&seen->begin, &seen->end}) {
    co_await readable(from_clients);
    seen->connections = told<uint64_t>(from_clients);
    co_await census.until_all_have_gone(seen->connections);
    *footprint = tests::Footprint::now();
    tell(to_clients, 'x');
  }
  seen->most = census.most();
}

// So many descriptors for a scope; fewer if the system says so.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t wanted) {
    os::check(getrlimit(RLIMIT_NOFILE, &before_), "getrlimit");
    rlimit more = before_;
    more.rlim_cur =
        std::max(before_.rlim_cur, std::min(wanted, before_.rlim_max));
    os::check(setrlimit(RLIMIT_NOFILE, &more), "setrlimit");
    now_ = more.rlim_cur;
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  rlim_t now() const { return now_; }

 private:
  rlimit before_;
  rlim_t now_;
};

void print(const char* when, const tests::Footprint& footprint) {
  std::printf("%s: %zu descriptors, %zu KiB of heap, %lld KiB resident\n", when,
              footprint.descriptors, footprint.heap_bytes / 1024,
              static_cast<long long>(footprint.resident_bytes / 1024));
}

TEST(EchoServer, IsAtTheEndAsItWasAtTheBeginningWhateverItsClientsDid) {
  const size_t wanted = tests::number_in("CONNECTIONS", 300);
  const scheduler::Duration time =
      scheduler::seconds(static_cast<double>(tests::number_in("SECONDS", 1)));
  const DescriptorLimit limit(wanted + kSpareDescriptors);
  const size_t size = std::min<size_t>(wanted, limit.now() - kSpareDescriptors);
  std::printf("seed %u, %zu connections at a time of %zu wanted\n", kSeed, size,
              wanted);
  os::Pipe to_clients = os::make_pipe();
  os::Pipe to_server = os::make_pipe();
  const pid_t child = os::check(os::syscalls.fork(), "fork");
  if (child == 0) {
    to_clients.writer.reset();
    be_the_clients(to_clients.reader.get(), to_server.writer.get(), size, time);
  }
  to_clients.reader.reset();
  to_server.writer.reset();  // the end shows if the clients fail
  const tests::Reports reports;
  Seen seen;
  try {
    run(serve_two_acts(to_clients.writer.get(), to_server.reader.get(), &seen));
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(reports.messages.empty()) << reports.messages.front();
  std::printf("%llu connections served, %zu at a time\n",
              static_cast<unsigned long long>(seen.connections), seen.most);
  print("at the beginning", seen.begin);
  print("at the end", seen.end);
  EXPECT_EQ(seen.most, size);
  EXPECT_GT(seen.connections, size);
  EXPECT_EQ(seen.end.descriptors, seen.begin.descriptors);
  EXPECT_LE(seen.end.heap_bytes, seen.begin.heap_bytes + kKeptHeap);
}

}  // namespace
}  // namespace loop
